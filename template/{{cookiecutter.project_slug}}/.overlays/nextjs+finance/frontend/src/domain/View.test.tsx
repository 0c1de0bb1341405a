import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";

import type { Get } from "../api/client";
import { load } from "./load";
import { View } from "./View";

const ANSWERS: Record<string, unknown> = {
  "/finance/accounts": [
    { id: "cash", name: "Cash <b>", kind: "asset" },
    { id: "sales", name: "Sales", kind: "income" },
  ],
  "/finance/transactions": [
    {
      id: "1",
      description: "Invoice 17",
      currency: "EUR",
      date: "2026-03-02",
      posted_at: "2026-03-02T09:30:00Z",
      entries: [
        { account: "cash", amount: "999999999999999.99" },
        { account: "sales", amount: "-999999999999999.99" },
      ],
    },
  ],
};
const BALANCES: Record<string, unknown> = { cash: [{ currency: "EUR", amount: "999999999999999.99" }], sales: [] };

const get = ((path: string, given?: { path?: { account_id: string } }) => {
  const account = given?.path?.account_id;
  return Promise.resolve(account === undefined ? ANSWERS[path] : { account, balances: BALANCES[account] });
}) as unknown as Get;

describe("the page of the ledger", () => {
  it("shows every account with what it holds, to the last digit", async () => {
    const markup = renderToStaticMarkup(<View facts={await load(get)} />);
    expect(markup).toContain("999,999,999,999,999.99 EUR");
    expect(markup).toContain("-999,999,999,999,999.99 EUR");
    expect(markup).toContain("nothing yet");
  });

  it("shows what a person wrote as text", async () => {
    expect(renderToStaticMarkup(<View facts={await load(get)} />)).toContain("Cash &lt;b&gt;");
  });

  it("says that there is nothing", () => {
    const nothing = { accounts: [], transactions: [] };
    expect(renderToStaticMarkup(<View facts={nothing} />)).toContain("Nothing is posted yet");
  });
});
