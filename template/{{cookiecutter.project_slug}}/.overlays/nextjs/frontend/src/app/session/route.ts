import { address } from "../../api/client";
import { open } from "../../session";

export async function POST(request: Request): Promise<Response> {
  return open(await request.formData().catch(() => new FormData()), address(process.env));
}
