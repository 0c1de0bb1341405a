/** What the page shows of this application's domain, and how it is asked for. */

import type { Answer, Get } from "../api/client";

export interface Facts {
  items: Answer<"/example/items">;
}

const LATEST = 20;

export async function load(get: Get): Promise<Facts> {
  return { items: await get("/example/items", { query: { limit: LATEST } }) };
}
