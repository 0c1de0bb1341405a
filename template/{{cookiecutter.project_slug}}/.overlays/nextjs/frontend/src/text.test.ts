import { describe, expect, it } from "vitest";

import { decimal, moment } from "./text";

describe("decimal", () => {
  it.each([
    ["0", "0"],
    ["12.50", "12.50"],
    ["-999.00", "-999.00"],
    ["1000", "1,000"],
    ["-1234567.5", "-1,234,567.5"],
    ["999999999999999.999", "999,999,999,999,999.999"],
  ])("writes %s as %s", (given, wanted) => {
    expect(decimal(given)).toBe(wanted);
  });
});

describe("moment", () => {
  it("writes a time in UTC, wherever it was said", () => {
    expect(moment("2026-03-02T09:30:59+02:00")).toBe("2026-03-02 07:30 UTC");
  });

  it("leaves alone what is no time", () => {
    expect(moment("")).toBe("");
  });
});
