// The counters of a namespace as the tables that /proc/net/snmp and /proc/net/netstat are (net/ipv4/proc.c): groups of
// names and numbers, in the kernel's order. What no packet here can move is zero.
import type { MibName } from '../netns/counters.ts';
import type { Namespace } from '../netns/namespace.ts';
import { IcmpType } from '../wire/icmp.ts';

/** One group: `Ip`, `Icmp`, `IcmpMsg` and so on. */
export interface SnmpGroup {
  readonly name: string;
  readonly entries: readonly (readonly [name: string, value: number])[];
}

const IP =
  words(`InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers OutRequests
  OutDiscards OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates`);
const TCP =
  words(`RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs
  OutSegs RetransSegs InErrs OutRsts InCsumErrors`);
const UDP =
  words(`InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti
  MemErrors`);
const IP_EXT =
  words(`InNoRoutes InTruncatedPkts InMcastPkts OutMcastPkts InBcastPkts OutBcastPkts InOctets OutOctets
  InMcastOctets OutMcastOctets InBcastOctets OutBcastOctets InCsumErrors InNoECTPkts InECT1Pkts InECT0Pkts InCEPkts
  ReasmOverlaps`);
const TCP_EXT =
  words(`SyncookiesSent SyncookiesRecv SyncookiesFailed EmbryonicRsts PruneCalled RcvPruned OfoPruned OutOfWindowIcmps
  LockDroppedIcmps ArpFilter TW TWRecycled TWKilled PAWSActive PAWSEstab DelayedACKs DelayedACKLocked
  DelayedACKLost ListenOverflows ListenDrops TCPHPHits TCPPureAcks TCPHPAcks TCPRenoRecovery TCPSackRecovery
  TCPSACKReneging TCPSACKReorder TCPRenoReorder TCPTSReorder TCPFullUndo TCPPartialUndo TCPDSACKUndo TCPLossUndo
  TCPLostRetransmit TCPRenoFailures TCPSackFailures TCPLossFailures TCPFastRetrans TCPSlowStartRetrans TCPTimeouts
  TCPLossProbes TCPLossProbeRecovery TCPRenoRecoveryFail TCPSackRecoveryFail TCPRcvCollapsed TCPBacklogCoalesce
  TCPDSACKOldSent TCPDSACKOfoSent TCPDSACKRecv TCPDSACKOfoRecv TCPAbortOnData TCPAbortOnClose TCPAbortOnMemory
  TCPAbortOnTimeout TCPAbortOnLinger TCPAbortFailed TCPMemoryPressures TCPMemoryPressuresChrono TCPSACKDiscard
  TCPDSACKIgnoredOld TCPDSACKIgnoredNoUndo TCPSpuriousRTOs TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure
  TCPSackShifted TCPSackMerged TCPSackShiftFallback TCPBacklogDrop PFMemallocDrop TCPMinTTLDrop TCPDeferAcceptDrop
  IPReversePathFilter TCPTimeWaitOverflow TCPReqQFullDoCookies TCPReqQFullDrop TCPRetransFail TCPRcvCoalesce
  TCPOFOQueue TCPOFODrop TCPOFOMerge TCPChallengeACK TCPSYNChallenge TCPFastOpenActive TCPFastOpenActiveFail
  TCPFastOpenPassive TCPFastOpenPassiveFail TCPFastOpenListenOverflow TCPFastOpenCookieReqd TCPFastOpenBlackhole
  TCPSpuriousRtxHostQueues BusyPollRxPackets TCPAutoCorking TCPFromZeroWindowAdv TCPToZeroWindowAdv
  TCPWantZeroWindowAdv TCPSynRetrans TCPOrigDataSent TCPHystartTrainDetect TCPHystartTrainCwnd
  TCPHystartDelayDetect TCPHystartDelayCwnd TCPACKSkippedSynRecv TCPACKSkippedPAWS TCPACKSkippedSeq
  TCPACKSkippedFinWait2 TCPACKSkippedTimeWait TCPACKSkippedChallenge TCPWinProbe TCPKeepAlive TCPMTUPFail
  TCPMTUPSuccess TCPDelivered TCPDeliveredCE TCPAckCompressed TCPZeroWindowDrop TCPRcvQDrop TCPWqueueTooBig
  TCPFastOpenPassiveAltKey TcpTimeoutRehash TcpDuplicateDataRehash TCPDSACKRecvSegs TCPDSACKIgnoredDubious
  TCPMigrateReqSuccess TCPMigrateReqFailure`);

/** The types that Icmp has names for (icmpmibmap). */
const ICMP_TYPES: readonly (readonly [name: string, type: number])[] = [
  ['DestUnreachs', IcmpType.UNREACHABLE],
  ['TimeExcds', IcmpType.TIME_EXCEEDED],
  ['ParmProbs', IcmpType.PARAMETER_PROBLEM],
  ['SrcQuenchs', IcmpType.SOURCE_QUENCH],
  ['Redirects', IcmpType.REDIRECT],
  ['Echos', IcmpType.ECHO],
  ['EchoReps', IcmpType.ECHO_REPLY],
  ['Timestamps', IcmpType.TIMESTAMP],
  ['TimestampReps', IcmpType.TIMESTAMP_REPLY],
  ['AddrMasks', IcmpType.ADDRESS_MASK],
  ['AddrMaskReps', IcmpType.ADDRESS_MASK_REPLY],
];

/** Constants of TCP, and what is counted in fields of its own. */
function knownValues({ counters }: Namespace): Record<string, number> {
  const marked = ['IpExtInECT1Pkts', 'IpExtInECT0Pkts', 'IpExtInCEPkts', 'NoHeader'] as const;
  return {
    IpInReceives: counters.received,
    IpForwDatagrams: counters.forwarded,
    IpInDelivers: counters.handed,
    IpOutRequests: counters.sent,
    IpExtInOctets: counters.octetsIn,
    IpExtOutOctets: counters.octetsOut,
    IpExtInNoECTPkts: marked.reduce((rest, name) => rest - counters.value(name), counters.received),
    TcpRtoAlgorithm: 1,
    TcpRtoMin: 200,
    TcpRtoMax: 120_000,
    TcpMaxConn: -1,
  };
}

/** The groups of /proc/net/snmp. */
export function dumpSnmp(namespace: Namespace): SnmpGroup[] {
  const { conf, confAll } = namespace;
  const known = knownValues(namespace);
  const ip = group(namespace, known, 'Ip', IP);
  const settings = [
    ['Forwarding', confAll.forwarding !== 0 ? 1 : 2],
    ['DefaultTTL', conf.ip_default_ttl],
  ] as const;
  return [
    { name: 'Ip', entries: [...settings, ...ip.entries] },
    icmp(namespace),
    ...icmpMessages(namespace),
    group(namespace, known, 'Tcp', TCP),
    group(namespace, known, 'Udp', UDP),
    group(namespace, known, 'UdpLite', UDP),
  ];
}

/** The groups of /proc/net/netstat. */
export function dumpNetstat(namespace: Namespace): SnmpGroup[] {
  const known = knownValues(namespace);
  return [group(namespace, known, 'TcpExt', TCP_EXT), group(namespace, known, 'IpExt', IP_EXT)];
}

function group(
  { counters }: Namespace,
  known: Readonly<Record<string, number>>,
  name: string,
  names: readonly string[],
): SnmpGroup {
  const value = (full: string): number => known[full] ?? counters.value(full as MibName) ?? 0;
  return { name, entries: names.map((each) => [each, value(name + each)] as const) };
}

/** The first of the types that were sent (ICMPMSG_MIB). */
const SENT = 0x100;

function icmp({ counters }: Namespace): SnmpGroup {
  const types = counters.icmpTypes;
  const byType = (way: string, from: number) =>
    ICMP_TYPES.map(([name, type]) => [way + name, types.get(from + type) ?? 0] as const);
  return {
    name: 'Icmp',
    entries: [
      ['InMsgs', counters.value('IcmpInMsgs')],
      ['InErrors', counters.value('IcmpInErrors')],
      ['InCsumErrors', counters.value('IcmpInCsumErrors')],
      ...byType('In', 0),
      ['OutMsgs', counters.value('IcmpOutMsgs')],
      ['OutErrors', 0],
      ['OutRateLimitGlobal', counters.value('IcmpOutRateLimitGlobal')],
      ['OutRateLimitHost', counters.value('IcmpOutRateLimitHost')],
      ...byType('Out', SENT),
    ],
  };
}

const TYPES_PER_LINE = 16;

/** All types that were seen, sixteen a line (icmpmsg_put). */
function icmpMessages({ counters }: Namespace): SnmpGroup[] {
  const seen = [...counters.icmpTypes].sort(([a], [b]) => a - b);
  const entries = seen.map(
    ([type, value]) => [`${type < SENT ? 'In' : 'Out'}Type${type & 0xff}`, value] as const,
  );
  const groups: SnmpGroup[] = [];
  for (let at = 0; at < entries.length; at += TYPES_PER_LINE)
    groups.push({ name: 'IcmpMsg', entries: entries.slice(at, at + TYPES_PER_LINE) });
  return groups;
}

function words(text: string): readonly string[] {
  return text.split(/\s+/);
}
