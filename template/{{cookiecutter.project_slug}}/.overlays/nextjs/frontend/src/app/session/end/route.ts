import { close } from "../../../session";

export function POST(): Response {
  return close();
}
