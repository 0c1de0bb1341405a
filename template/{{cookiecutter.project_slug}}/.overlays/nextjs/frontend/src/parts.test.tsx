import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";

import { ApiError } from "./api/client";
import { Header, Notice, SignIn } from "./parts";
import { Runs } from "./Runs";

const RUN = {
  file: "r1.statement.json",
  sha256: "0",
  run: "r1",
  workflow: "review",
  model: "m",
  provider: "p",
  base: "abc",
  codex: "1",
  started_at: "2026-03-02T09:30:00Z",
  finished_at: "2026-03-02T09:31:00Z",
  fault: "",
};

describe("the parts of the page", () => {
  it("offer to sign out only to those who are in", () => {
    expect(renderToStaticMarkup(<Header signedIn />)).toContain("Sign out");
    expect(renderToStaticMarkup(<Header signedIn={false} />)).not.toContain("Sign out");
  });

  it("say why nobody was let in, in words of their own", () => {
    expect(renderToStaticMarkup(<SignIn denied="1" />)).toContain("not known");
    expect(renderToStaticMarkup(<SignIn denied="<b>x</b>" />)).toContain("needs a token");
    expect(renderToStaticMarkup(<SignIn denied={["1", "2"]} />)).toContain("needs a token");
  });

  it("show what the API said as text", () => {
    const markup = renderToStaticMarkup(<Notice error={new ApiError(500, "<b>no</b>", "urn:uuid:1")} />);
    expect(markup).toContain("&lt;b&gt;no&lt;/b&gt;");
    expect(markup).toContain("urn:uuid:1");
  });

  it("list runs, and the ones that cannot be read", () => {
    const markup = renderToStaticMarkup(<Runs runs={[RUN, { ...RUN, file: "r2", fault: "not a statement" }]} />);
    expect(markup).toContain("2026-03-02 09:31 UTC");
    expect(markup).toContain("not a statement");
    expect(renderToStaticMarkup(<Runs runs={[]} />)).toContain("None is committed yet");
  });
});
