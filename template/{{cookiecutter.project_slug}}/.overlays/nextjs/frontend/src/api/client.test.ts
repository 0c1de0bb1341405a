import { describe, expect, it } from "vitest";

import { address, ApiError, reader } from "./client";

function answering(response: Response | Error) {
  const asked: { url: string; headers: Record<string, string> }[] = [];
  return {
    asked,
    ask: (url: string, init: RequestInit) => {
      asked.push({ url, headers: init.headers as Record<string, string> });
      return response instanceof Error ? Promise.reject(response) : Promise.resolve(response);
    },
  };
}

const problem = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });

describe("reader", () => {
  it("hands the session on, and nothing else", async () => {
    const api = answering(Response.json([]));
    await reader("http://api", "me.1.abc", api.ask)("/dev/runs");
    expect(api.asked).toEqual([
      { url: "http://api/dev/runs", headers: { Accept: "application/json", Cookie: "session=me.1.abc" } },
    ]);
  });

  it.each([undefined, "", "a; b=c", "a\r\nX: y", "a,b"])("sends no cookie for %j", async (session) => {
    const api = answering(Response.json([]));
    await reader("http://api", session, api.ask)("/dev/runs");
    expect(api.asked[0]?.headers).toEqual({ Accept: "application/json" });
  });

  it("says what the API refused, and the id of the request", async () => {
    const api = answering(problem(401, { detail: "no credentials", instance: "urn:uuid:1" }));
    const error = await reader("http://api", undefined, api.ask)("/dev/runs").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ status: 401, message: "no credentials", instance: "urn:uuid:1" });
  });

  it.each([problem(502, "x"), new Response("<html>", { status: 502 })])("copes with other refusals", async (response) => {
    const error = await reader("http://api", undefined, answering(response).ask)("/dev/runs").catch((e: unknown) => e);
    expect(error).toMatchObject({ status: 502, message: "the API answered 502" });
  });

  it("says that nobody answers", async () => {
    const api = answering(new TypeError("fetch failed"));
    const error = await reader("http://api", undefined, api.ask)("/dev/runs").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 0 });
  });
});

describe("address", () => {
  it("comes from the environment, without a slash at the end", () => {
    expect(address({ API_URL: "http://api:8000/" })).toBe("http://api:8000");
    expect(address({})).toBe("http://127.0.0.1:8000");
  });
});
