import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";

import type { Get } from "../api/client";
import { load } from "./load";
import { View } from "./View";

const ITEM = { id: "1", name: "First <b>", note: "x", created_at: "2026-03-02T09:30:00Z" };

describe("the page of items", () => {
  it("shows items, and what a person wrote as text", async () => {
    const get = (() => Promise.resolve([ITEM])) as unknown as Get;
    const markup = renderToStaticMarkup(<View facts={await load(get)} />);
    expect(markup).toContain("First &lt;b&gt;");
    expect(markup).toContain("2026-03-02 09:30 UTC");
  });

  it("says that there is nothing", () => {
    const nothing = { items: [] };
    expect(renderToStaticMarkup(<View facts={nothing} />)).toContain("There are none yet");
  });
});
