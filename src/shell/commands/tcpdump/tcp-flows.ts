// The first sequence numbers of each TCP conversation, to which later ones are printed relative.

export interface TcpFlow {
  /** Of the side that the key puts first. */
  sequence: number;
  acknowledgement: number;
}

/** Conversations by their addresses and ports; lives as long as the capture. */
export class TcpFlows {
  private readonly flows = new Map<string, TcpFlow>();

  get(key: string): TcpFlow | undefined {
    return this.flows.get(key);
  }

  set(key: string, flow: TcpFlow): void {
    this.flows.set(key, flow);
  }
}
