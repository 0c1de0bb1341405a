import { decimal } from "../text";
import type { Facts } from "./load";

/** Accounts with what they hold, and the latest transactions. */
export function View({ facts }: { facts: Facts }) {
  return (
    <>
      <section>
        <h2>Accounts</h2>
        <table>
          <thead>
            <tr>
              <th scope="col">Account</th>
              <th scope="col" className="kind">
                Kind
              </th>
              <th scope="col" className="figure">
                Balance
              </th>
            </tr>
          </thead>
          <tbody>
            {facts.accounts.map((account) => (
              <tr key={account.id}>
                <th scope="row">{account.name}</th>
                <td className="kind quiet">{account.kind}</td>
                <td className="figure">
                  {account.balances.map((held) => (
                    <Amount key={held.currency} amount={held.amount} currency={held.currency} />
                  ))}
                  {account.balances.length === 0 && <span className="quiet">nothing yet</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section>
        <h2>Latest transactions</h2>
        {facts.transactions.length === 0 && <p className="quiet">Nothing is posted yet.</p>}
        <ul>
          {facts.transactions.map((transaction) => (
            <li key={transaction.id}>
              <p className="line">
                <strong>{transaction.description}</strong>
                <span className="quiet">{transaction.date}</span>
              </p>
              <table>
                <tbody>
                  {transaction.entries.map((entry, position) => (
                    <tr key={position}>
                      <td>{entry.account}</td>
                      <td className="figure">
                        <Amount amount={entry.amount} currency={transaction.currency} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function Amount({ amount, currency }: { amount: string; currency: string }) {
  return (
    <span>
      {decimal(amount)} {currency}
    </span>
  );
}
