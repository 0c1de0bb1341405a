import type { ApiError } from "./api/client";
import { TITLE } from "./title";

export function Header({ signedIn }: { signedIn: boolean }) {
  return (
    <header>
      <h1>{TITLE}</h1>
      {signedIn && (
        <form method="post" action="/session/end">
          <button type="submit">Sign out</button>
        </form>
      )}
    </header>
  );
}

const DENIED: Record<string, string> = {
  "1": "This token is not known here.",
  "2": "The API does not answer; try again later.",
};

export function SignIn({ denied }: { denied: string | string[] | undefined }) {
  const reason = typeof denied === "string" ? DENIED[denied] : undefined;
  return (
    <section className="narrow">
      <h2>Sign in</h2>
      {reason === undefined ? (
        <p className="quiet">This page needs a token; it opens a session of a few hours in this browser.</p>
      ) : (
        <p className="bad" role="alert">
          {reason}
        </p>
      )}
      <form method="post" action="/session" className="fields">
        <label htmlFor="token">Token</label>
        <input id="token" name="token" type="password" autoComplete="current-password" maxLength={256} required />
        <button type="submit">Sign in</button>
      </form>
    </section>
  );
}

export function Notice({ error }: { error: ApiError }) {
  return (
    <section className="narrow">
      <h2>Nothing to show</h2>
      <p className="bad" role="alert">
        {error.message}
      </p>
      {error.instance && (
        <p className="quiet">
          Request <code>{error.instance}</code>
        </p>
      )}
    </section>
  );
}
