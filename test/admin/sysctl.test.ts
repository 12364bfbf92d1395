// /proc/sys/net: what is read back, what is refused, and what writing one file changes in others (Linux 6.1).
import { describe, expect, it } from 'vitest';
import { setLink } from '../../src/admin/link.ts';
import { loadedModules, loadModule, removeModule } from '../../src/admin/module.ts';
import { listSysctl, readSysctl, statSysctl, writeSysctl } from '../../src/admin/sysctl.ts';
import { createLab } from '../../src/lab/create.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import { add, address, ip, machine, ok, words } from './machine.ts';

function get(namespace: Namespace, path: string): string {
  const answer = readSysctl(namespace, `net/${path}`);
  return 'value' in answer ? answer.value : words(answer.refusal);
}
const set = (namespace: Namespace, path: string, text: string): string =>
  words(writeSysctl(namespace, `net/${path}`, text));

describe('writing and reading back', () => {
  const { root } = machine();
  const CASES: readonly (readonly [string, string, string, string])[] = [
    ['ipv4/ip_forward', 'x', 'Invalid argument', '0'],
    ['ipv4/ip_forward', '', 'Invalid argument', '0'],
    ['ipv4/ip_forward', '7\n', 'ok', '7'],
    ['ipv4/ip_forward', '1 2', 'ok', '1'],
    ['ipv4/ip_forward', '0x10', 'ok', '16'],
    ['ipv4/ip_forward', '010', 'ok', '8'],
    ['ipv4/ip_forward', '-1', 'ok', '-1'],
    ['ipv4/ip_forward', '1x', 'Invalid argument', '-1'],
    ['ipv4/ip_forward', '3000000000', 'Invalid argument', '-1'],
    ['ipv4/ip_default_ttl', '0', 'Invalid argument', '64'],
    ['ipv4/ip_default_ttl', '300', 'Invalid argument', '64'],
    ['ipv4/ip_default_ttl', '255', 'ok', '255'],
    ['ipv4/icmp_echo_ignore_all', '2', 'Invalid argument', '0'],
    ['ipv4/icmp_ratelimit', '1001', 'ok', '1010'],
    ['ipv4/ping_group_range', '0 5', 'ok', '0\t5'],
    ['ipv4/ping_group_range', '5 0', 'ok', '1\t0'],
    ['ipv4/ip_local_port_range', '5 0', 'Invalid argument', '32768\t60999'],
    ['ipv4/ip_local_port_range', '2000 3000', 'ok', '2000\t3000'],
    ['ipv4/conf/lo/rp_filter', '77', 'ok', '77'],
    ['ipv4/conf/all/mc_forwarding', '1', 'Permission denied', '0'],
    ['ipv4/neigh/lo/retrans_time', '77', 'ok', '77'],
    ['ipv4/neigh/lo/retrans_time_ms', '77', 'ok', '80'],
    ['ipv4/neigh/lo/base_reachable_time_ms', '77', 'ok', '80'],
    ['ipv4/neigh/lo/base_reachable_time', '20', 'ok', '20'],
    ['ipv4/neigh/lo/proxy_delay', '-1', 'ok', '-1'],
    ['ipv4/neigh/lo/mcast_solicit', '-1', 'Invalid argument', '3'],
    ['ipv4/neigh/lo/interval_probe_time_ms', '0', 'Invalid argument', '5000'],
    ['ipv4/neigh/lo/unres_qlen', '7', 'ok', '7'],
    ['ipv4/neigh/lo/unres_qlen_bytes', '14631', 'ok', '14631'],
    ['ipv4/route/flush', '1', 'ok', 'Permission denied'],
    ['ipv4/route/error_cost', '0', 'ok', '0'],
    ['ipv4/ipfrag_high_thresh', '0', 'Invalid argument', '4194304'],
    ['ipv4/ipfrag_low_thresh', '4194305', 'Invalid argument', '3145728'],
    ['ipv4/ipfrag_low_thresh', '0', 'ok', '0'],
    ['ipv4/ipfrag_high_thresh', '0', 'ok', '0'],
    ['ipv4/tcp_rmem', '1 2 3', 'ok', '1\t2\t3'],
    ['ipv4/tcp_ecn', '3', 'Invalid argument', '2'],
    ['core/somaxconn', '128', 'ok', '128'],
    ['core/rmem_max', '1', 'Invalid argument', '212992'],
    ['core/default_qdisc', 'fq', 'ok', 'fq'],
    ['ipv6/conf/all/disable_ipv6', '1', 'ok', '1'],
    ['ipv4/nosuch', '1', 'No such file or directory', 'No such file or directory'],
    ['ipv4', '1', 'Is a directory', 'Is a directory'],
  ];
  it.each(CASES)('%s = %j: %s, then %j', (path, text, outcome, after) => {
    expect([set(root, path, text), get(root, path)]).toEqual([outcome, after]);
  });

  it('unres_qlen is unres_qlen_bytes in frames of 2090', () => {
    set(root, 'ipv4/neigh/lo/unres_qlen', '7');
    expect(get(root, 'ipv4/neigh/lo/unres_qlen_bytes')).toBe('14630');
  });
});

describe('forwarding', () => {
  it('ip_forward, all, default and every device move together, and redirects are taken by hosts only', () => {
    const { root } = machine();
    add(root, 'dummy', 'd0');
    const all = () =>
      [
        'ip_forward',
        'conf/all/forwarding',
        'conf/default/forwarding',
        'conf/d0/forwarding',
        'conf/all/accept_redirects',
      ].map((path) => get(root, `ipv4/${path}`));
    expect(all()).toEqual(['0', '0', '0', '0', '1']);
    set(root, 'ipv4/ip_forward', '1');
    expect(all()).toEqual(['1', '1', '1', '1', '0']);
    set(root, 'ipv4/conf/d0/forwarding', '0');
    expect(all()).toEqual(['1', '1', '1', '0', '0']);
    set(root, 'ipv4/conf/all/forwarding', '0');
    expect(all()).toEqual(['0', '0', '0', '0', '1']);
  });
});

describe('conf.default', () => {
  it('reaches devices that nobody configured: not those with an address, nor those made after it was written', () => {
    const { lab, root } = machine();
    set(root, 'ipv4/ip_forward', '1');
    set(root, 'ipv4/conf/default/rp_filter', '2');
    const c = lab.addNamespace('c')!;
    const of = (setting: string, ...names: string[]) =>
      names.map((name) => get(c, `ipv4/conf/${name}/${setting}`));
    expect([get(c, 'ipv4/ip_forward'), ...of('rp_filter', 'default', 'lo')]).toEqual(['1', '2', '2']);
    add(c, 'dummy', 'd0');
    add(c, 'dummy', 'd1');
    ok(address(c, 'd1', '1.1.1.1/32'));
    set(c, 'ipv4/conf/default/rp_filter', '1');
    set(c, 'ipv4/conf/default/proxy_arp', '1');
    expect(of('rp_filter', 'd0', 'd1', 'lo')).toEqual(['2', '2', '2']);
    expect(of('proxy_arp', 'd0', 'd1')).toEqual(['1', '0']);
    add(c, 'dummy', 'd2');
    set(c, 'ipv4/conf/default/proxy_arp', '0');
    expect(of('proxy_arp', 'd0', 'd2')).toEqual(['0', '1']);
  });

  it('conf.all reaches nobody', () => {
    const { root } = machine();
    set(root, 'ipv4/conf/all/rp_filter', '1');
    expect(get(root, 'ipv4/conf/lo/rp_filter')).toBe('0');
  });
});

describe('neigh.default', () => {
  it('is one for the machine: it reaches the initial namespace at once and others through new devices', () => {
    const { lab, root } = machine();
    const c = lab.addNamespace('c')!;
    add(c, 'dummy', 'd0');
    set(root, 'ipv4/neigh/default/retrans_time_ms', '500');
    add(c, 'dummy', 'd3');
    const time = (namespace: Namespace, name: string) => get(namespace, `ipv4/neigh/${name}/retrans_time_ms`);
    expect([time(root, 'lo'), time(c, 'd0'), time(c, 'd3')]).toEqual(['500', '1000', '500']);
    expect(get(c, 'ipv4/neigh/default/retrans_time_ms')).toBe('No such file or directory');
  });
});

describe('directories', () => {
  it('a device has its own, dots and all, while it is there', () => {
    const { root } = machine();
    add(root, 'dummy', 'eth0.5');
    expect(get(root, 'ipv4/conf/eth0.5/rp_filter')).toBe('0');
    ok(setLink(root, 'eth0.5', { name: 'eth1' }));
    expect([get(root, 'ipv4/conf/eth0.5/rp_filter'), get(root, 'ipv4/conf/eth1/rp_filter')]).toEqual([
      'No such file or directory',
      '0',
    ]);
    expect(listSysctl(root, 'net/ipv4/conf')).toEqual(['all', 'default', 'eth1', 'lo']);
  });

  it('a machine without IPv6 has none of it', () => {
    const { initial } = createLab({ ipv6Disabled: true }).kernel;
    expect(get(initial, 'ipv6/conf/all/disable_ipv6')).toBe('No such file or directory');
    expect(get(initial, 'ipv6/bindv6only')).toBe('No such file or directory');
    expect(listSysctl(initial, 'net')).not.toContain('ipv6');
  });

  it('other namespaces have less of route and core', () => {
    const { lab, root } = machine();
    const c = lab.addNamespace('c')!;
    expect(listSysctl(c, 'net/ipv4/route')).toEqual(['flush', 'min_adv_mss', 'min_pmtu', 'mtu_expires']);
    expect(listSysctl(c, 'net/core')).toEqual([
      'somaxconn',
      'txrehash',
      'xfrm_acq_expires',
      'xfrm_aevent_etime',
      'xfrm_aevent_rseqth',
      'xfrm_larval_drop',
    ]);
    expect(listSysctl(root, 'net/ipv4/route')).toContain('error_cost');
    expect(listSysctl(c, 'net/ipv4/neigh')).toEqual(['lo']);
    expect(statSysctl(c, 'net/ipv4/route/flush')).toEqual({ directory: false, mode: 0o200 });
    expect(listSysctl(root, 'net/ipv4/ip_forward')).toBeNull();
  });

  it('IPv6: what is written to all is passed on where the kernel does, to default only to those that come', () => {
    const { root } = machine();
    add(root, 'dummy', 'd0');
    set(root, 'ipv6/conf/default/accept_ra', '0');
    add(root, 'dummy', 'd1');
    const of = (setting: string) => ['d0', 'd1'].map((name) => get(root, `ipv6/conf/${name}/${setting}`));
    expect(of('accept_ra')).toEqual(['1', '0']);
    set(root, 'ipv6/conf/all/disable_ipv6', '1');
    add(root, 'dummy', 'd2');
    expect([...of('disable_ipv6'), get(root, 'ipv6/conf/d2/disable_ipv6')]).toEqual(['1', '1', '1']);
  });
});

describe('modules', () => {
  it('br_netfilter brings net.bridge, with the modules that it needs', () => {
    const { lab, root } = machine();
    expect(get(root, 'bridge/bridge-nf-call-iptables')).toBe('No such file or directory');
    ok(loadModule(lab.kernel, 'br-netfilter'));
    expect(get(root, 'bridge/bridge-nf-call-iptables')).toBe('1');
    expect(loadedModules(lab.kernel)).toEqual(['br_netfilter', 'bridge', 'stp', 'llc']);
    expect(words(removeModule(lab.kernel, 'bridge'))).toBe('Device or resource busy');
    expect(words(removeModule(lab.kernel, 'vxlan'))).toBe('No such file or directory');
    expect(words(loadModule(lab.kernel, 'nosuch'))).toBe('No such file or directory');
  });

  it('dummy makes no device of its own: Debian loads it with numdummies=0', () => {
    const { lab, root } = machine();
    ok(loadModule(lab.kernel, 'dummy'));
    expect([...root.names.keys()]).toEqual(['lo']);
    add(root, 'dummy', 'dummy0');
  });

  it('a kind that is unloaded takes its devices with it, in every namespace', () => {
    const { lab, root } = machine();
    const c = lab.addNamespace('c')!;
    ok(loadModule(lab.kernel, 'ipip'));
    add(c, 'ipip', 't0', { ipip: { remote: ip('1.2.3.4') } });
    ok(removeModule(lab.kernel, 'ipip'));
    expect([root, c].map((namespace) => [...namespace.names.keys()])).toEqual([['lo'], ['lo']]);
    expect([c.ipipDevices.size, c.fallback.size]).toEqual([0, 0]);
  });
});
