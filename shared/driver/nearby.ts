import { parseIp } from "../base/ip.ts";
import { isNearby } from "../base/nearby-ip.ts";
import type { PeerConnection } from "./rtc.ts";

/** One end of a connection, as WebRTC's statistics describe it. libdatachannel says `ip`. */
interface Candidate {
  readonly candidateType: string;
  readonly address: string;
}

/**
 * Whether an open connection leads to a device on our own network: both ends are addresses of the devices themselves, with no
 * router between them that changes addresses, and the other side's is one that only our network can reach. Browsers hide that
 * address behind a name that only our network can resolve (mDNS). Looks once, and says no if it cannot tell.
 */
export async function isConnectionNearby(connection: PeerConnection): Promise<boolean> {
  try {
    const ends = await selectedEnds(connection);
    return ends !== undefined && areNearby(ends.ours, ends.theirs);
  } catch {
    return false; // It closed meanwhile.
  }
}

function areNearby(ours: Candidate, theirs: Candidate): boolean {
  if (ours.candidateType !== "host") return false;
  const address = parseIp(theirs.address);
  if (address !== undefined) return isNearby(parseIp(ours.address), address);
  return theirs.candidateType === "host";
}

async function selectedEnds(
  connection: PeerConnection,
): Promise<{ ours: Candidate; theirs: Candidate } | undefined> {
  const reports = new Map<unknown, Record<string, unknown>>();
  (await connection.getStats()).forEach((report) => {
    const said = report as Record<string, unknown>;
    reports.set(said["id"], said);
  });
  const all = [...reports.values()];
  const selected = all.find(({ type }) => type === "transport")?.["selectedCandidatePairId"];
  const pair =
    reports.get(selected) ??
    all.find(
      ({ type, nominated, state }) =>
        type === "candidate-pair" && nominated === true && state === "succeeded",
    );
  const ours = candidateOf(reports.get(pair?.["localCandidateId"]));
  const theirs = candidateOf(reports.get(pair?.["remoteCandidateId"]));
  return ours && theirs && { ours, theirs };
}

function candidateOf(report: Record<string, unknown> | undefined): Candidate | undefined {
  if (report === undefined) return undefined;
  const { candidateType, address = report["ip"] } = report;
  return { candidateType: String(candidateType), address: typeof address === "string" ? address : "" };
}
