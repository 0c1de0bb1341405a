import { cookies } from "next/headers";

import { address, ApiError, COOKIE, reader } from "../api/client";
import { load } from "../domain/load";
import { View } from "../domain/View";
import { Header, Notice, SignIn } from "../parts";
import { Runs } from "../Runs";

export const dynamic = "force-dynamic";

export default async function Page({ searchParams }: { searchParams: Promise<Record<string, string | string[]>> }) {
  const { denied } = await searchParams;
  const session = (await cookies()).get(COOKIE)?.value;
  const get = reader(address(process.env), session);
  try {
    const [facts, runs] = await Promise.all([load(get), get("/dev/runs")]);
    return (
      <>
        <Header signedIn />
        <main>
          <View facts={facts} />
          <Runs runs={runs} />
        </main>
      </>
    );
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return (
      <>
        <Header signedIn={false} />
        <main>{error.status === 401 ? <SignIn denied={denied} /> : <Notice error={error} />}</main>
      </>
    );
  }
}
