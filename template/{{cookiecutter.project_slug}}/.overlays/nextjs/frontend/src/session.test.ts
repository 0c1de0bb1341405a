import { describe, expect, it } from "vitest";

import { close, open } from "./session";

const COOKIE = "session=me.1.abc; HttpOnly; Secure; SameSite=strict";

function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

const api = (status: number, headers: Record<string, string>) => () =>
  Promise.resolve(new Response(null, { status, headers }));

describe("open", () => {
  it("passes the cookie of the API on", async () => {
    const response = await open(form({ token: "t" }), "http://api", api(303, { "Set-Cookie": COOKIE }));
    expect([response.status, response.headers.get("location")]).toEqual([303, "/"]);
    expect(response.headers.getSetCookie()).toEqual([COOKIE]);
  });

  it("sends the token in the body alone, and follows no redirect", async () => {
    const asked: [string, RequestInit][] = [];
    await open(form({ token: "t", next: "https://elsewhere.example" }), "http://api", (url, init) => {
      asked.push([url, init]);
      return Promise.resolve(new Response(null, { status: 401 }));
    });
    expect(asked[0]?.[0]).toBe("http://api/session");
    expect(asked[0]?.[1]).toMatchObject({ method: "POST", redirect: "manual" });
    expect((asked[0]?.[1].body as URLSearchParams).toString()).toBe("token=t");
  });

  it.each([
    ["a wrong token", { token: "t" }, 401],
    ["no token", {}, 303],
    ["a token that cannot be one", { token: "t".repeat(513) }, 303],
  ])("opens nothing for %s", async (_, fields, status) => {
    const response = await open(form(fields), "http://api", api(status, {}));
    expect([response.status, response.headers.get("location")]).toEqual([303, "/?denied=1"]);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it("says when the API is away", async () => {
    const response = await open(form({ token: "t" }), "http://api", () => Promise.reject(new TypeError("x")));
    expect(response.headers.get("location")).toBe("/?denied=2");
  });
});

describe("close", () => {
  it("ends the cookie", () => {
    expect(close().headers.getSetCookie()[0]).toContain("Max-Age=0");
  });
});
