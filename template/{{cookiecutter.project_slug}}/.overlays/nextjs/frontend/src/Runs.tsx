import type { Answer } from "./api/client";
import { moment } from "./text";

/** The runs of Codex whose statements are committed. */
export function Runs({ runs }: { runs: Answer<"/dev/runs"> }) {
  return (
    <section>
      <h2>Runs of Codex</h2>
      {runs.length === 0 && <p className="quiet">None is committed yet.</p>}
      <ul>
        {runs.map((run) => (
          <li key={run.file}>
            <p className="line">
              <strong>{run.fault ? run.file : run.workflow}</strong>
              {run.fault ? (
                <span className="bad">{run.fault}</span>
              ) : (
                <span className="quiet">
                  {run.model}, {moment(run.finished_at)}
                </span>
              )}
            </p>
            {!run.fault && (
              <p className="quiet">
                <code>{run.run}</code>, from <code>{run.base}</code>
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
