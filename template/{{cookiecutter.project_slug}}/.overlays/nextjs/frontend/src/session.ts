/** Signing in: the API makes a session cookie from a token, and this server passes it on. */

import type { Ask } from "./api/client";

const LONGEST = 512;

/** Exchange the token of a form for a session; answers with a redirect to the page, always. */
export async function open(form: FormData, base: string, ask: Ask = fetch): Promise<Response> {
  const token = form.get("token");
  if (typeof token !== "string" || token.length > LONGEST) return redirect("/?denied=1");
  let answer: Response;
  try {
    const body = new URLSearchParams({ token });
    answer = await ask(`${base}/session`, { method: "POST", body, cache: "no-store", redirect: "manual" });
  } catch {
    return redirect("/?denied=2");
  }
  const cookies = answer.headers.getSetCookie();
  return answer.status === 303 && cookies.length > 0 ? redirect("/", cookies) : redirect("/?denied=1");
}

/** Forget the session in this browser. */
export function close(): Response {
  return redirect("/", ["session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"]);
}

function redirect(location: string, cookies: string[] = []): Response {
  const headers = new Headers({ Location: location, "Cache-Control": "no-store" });
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
  return new Response(null, { status: 303, headers });
}
