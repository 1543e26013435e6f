import { verifyChain } from 'pagetls';

export const dynamic = 'force-dynamic';

export default async function Page() {
  const { chain, hostname, now } = JSON.parse(process.env.CHAIN);
  const { problems } = await verifyChain(chain, { hostname, now: new Date(now), publicSuffixes: true });
  return JSON.stringify(problems.map(({ code }) => code));
}
