/** What the page shows of this application's domain, and how it is asked for. */

import type { Answer, Get } from "../api/client";

export interface Facts {
  accounts: (Answer<"/finance/accounts">[number] & Pick<Answer<"/finance/accounts/{account_id}/balance">, "balances">)[];
  transactions: Answer<"/finance/transactions">;
}

const LATEST = 20;

export async function load(get: Get): Promise<Facts> {
  const [accounts, transactions] = await Promise.all([
    get("/finance/accounts"),
    get("/finance/transactions", { query: { limit: LATEST } }),
  ]);
  const held = await Promise.all(
    accounts.map(async (account) => {
      const { balances } = await get("/finance/accounts/{account_id}/balance", { path: { account_id: account.id } });
      return { ...account, balances };
    }),
  );
  return { accounts: held, transactions };
}
