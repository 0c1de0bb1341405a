/** Asks the API, with the types of its OpenAPI document. */

import type { paths } from "./schema";

type Json<Operation> = Operation extends { responses: { 200: { content: { "application/json": infer Body } } } }
  ? Body
  : never;

/** A path that can be read as JSON. */
export type Readable = {
  [Path in keyof paths]: paths[Path] extends { get: infer Operation }
    ? [Json<Operation>] extends [never]
      ? never
      : Path
    : never;
}[keyof paths];

type Operation<Path extends Readable> = paths[Path] extends { get: infer Found } ? Found : never;

/** What a path answers. */
export type Answer<Path extends Readable> = Json<Operation<Path>>;

/** The parameters that a path takes. */
export type Given<Path extends Readable> =
  Operation<Path> extends { parameters: infer All } ? Pick<All, keyof All & ("path" | "query")> : never;

export type Get = <Path extends Readable>(path: Path, given?: Given<Path>) => Promise<Answer<Path>>;

/** The part of `fetch` that is used here. */
export type Ask = (url: string, init: RequestInit) => Promise<Response>;

/** The API refused, or does not answer (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    detail: string,
    /** Id of the request; logs and audit rows carry it. */
    readonly instance = "",
  ) {
    super(detail);
  }
}

/** Name of the cookie that the API made from a token. */
export const COOKIE = "session";

/** Return where the API is. */
export function address(environment: Record<string, string | undefined>): string {
  return (environment.API_URL ?? "http://127.0.0.1:8000").replace(/\/+$/, "");
}

/** Return a function that reads paths of the API on behalf of the owner of a session. */
export function reader(base: string, session: string | undefined, ask: Ask = fetch): Get {
  const known = session !== undefined && /^[\w.-]+$/.test(session);
  const headers: Record<string, string> = { Accept: "application/json" };
  if (known) headers.Cookie = `${COOKIE}=${session}`;
  return async (path, given) => {
    let response: Response;
    try {
      response = await ask(base + filled(path, given), { headers, cache: "no-store", redirect: "error" });
    } catch (cause) {
      throw Object.assign(new ApiError(0, "the API does not answer"), { cause });
    }
    if (!response.ok) throw await refusal(response);
    return (await response.json()) as never; // the document says what it is; the API's own tests hold it to that
  };
}

function filled(path: string, given: object = {}): string {
  const { path: parts = {}, query = {} } = given as Record<"path" | "query", Record<string, unknown> | undefined>;
  const place = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parts[name])));
  const rows = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const search = new URLSearchParams(rows.map(([name, value]) => [name, String(value)])).toString();
  return search ? `${place}?${search}` : place;
}

async function refusal(response: Response): Promise<ApiError> {
  const problem: unknown = await response.json().catch(() => null);
  const { detail, instance } = (problem ?? {}) as Record<string, unknown>;
  return new ApiError(
    response.status,
    typeof detail === "string" ? detail : `the API answered ${String(response.status)}`,
    typeof instance === "string" ? instance : "",
  );
}
