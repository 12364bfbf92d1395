// nstat's history: what it remembers, forgets and mistrusts (the numbers themselves are recorded: captures/counters).
import { describe, expect, test } from 'vitest';
import { createLab } from '../../../src/lab/create.ts';
import { runScript } from '../../../src/shell/run.ts';

const PING = 'ip link set lo up; ping -c 1 127.0.0.1 >/dev/null';

async function printed(script: string): Promise<string> {
  return (await runScript({ lab: createLab(), script })).output;
}

describe('nstat', () => {
  test('tells what was counted since it was last asked', async () => {
    const output = await printed(`${PING}; nstat IpInReceives; nstat; ${PING}; nstat IpInReceives; nstat`);
    expect(output.match(/IpInReceives +2 /g)).toHaveLength(2);
    // What is not asked for waits until it is.
    expect(output).toContain('IcmpInEchos                     1                  0.0\n');
  });

  test('-s leaves the history, -a does not ask it, -r forgets it', async () => {
    const twice = await printed(`${PING}; nstat -s IpInReceives; nstat -s IpInReceives`);
    expect(twice.match(/IpInReceives +2 /g)).toHaveLength(2);
    const all = await printed(`${PING}; nstat -n; nstat -as IpInReceives; nstat -r IpInReceives`);
    expect(all.match(/IpInReceives +2 /g)).toHaveLength(2);
  });

  test('a history of before the machine began counts for nothing', async () => {
    const output = await printed(
      `${PING}; nstat -n; touch -d 2001-01-01 /tmp/.nstat.u0; nstat -s IpInReceives`,
    );
    expect(output).toContain('nstat: history is aged out, resetting\n');
    expect(output).toMatch(/IpInReceives +2 /);
  });

  test('what cannot be written is an error', async () => {
    const { output, exitCode } = await runScript({
      lab: createLab(),
      script: 'NSTAT_HISTORY=/nowhere/history nstat',
    });
    expect(output).toContain('nstat: open history file: No such file or directory\n');
    expect(exitCode).toBe(255);
  });

  test('a daemon that samples is refused clearly', async () => {
    expect(await printed('nstat -d 1')).toBe('vrouter: nstat -d is not emulated\n');
  });
});

describe('counters', () => {
  test('each namespace has its own', async () => {
    const output = await printed(
      `ip netns add a; ip -n a link set lo up; ip netns exec a ping -c 1 127.0.0.1 >/dev/null
grep -c . /proc/net/snmp; grep '^Ip: [0-9]' /proc/net/snmp; ip netns exec a grep '^Ip: [0-9]' /proc/net/snmp`,
    );
    expect(output).toBe(
      '10\nIp: 2 64 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\nIp: 2 64 2 0 0 0 0 0 2 2 0 0 0 0 0 0 0 0 0\n',
    );
  });
});
