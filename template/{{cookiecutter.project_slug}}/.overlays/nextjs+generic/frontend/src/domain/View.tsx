import { moment } from "../text";
import type { Facts } from "./load";

/** The latest items. */
export function View({ facts }: { facts: Facts }) {
  return (
    <section>
      <h2>Latest items</h2>
      {facts.items.length === 0 && <p className="quiet">There are none yet.</p>}
      <ul>
        {facts.items.map((item) => (
          <li key={item.id}>
            <p className="line">
              <strong>{item.name}</strong>
              <span className="quiet">{moment(item.created_at)}</span>
            </p>
            {item.note && <p>{item.note}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}
