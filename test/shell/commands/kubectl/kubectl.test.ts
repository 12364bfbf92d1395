// kubectl in the lab's shell: what it prints, how pods get their addresses, and that the lab follows.
import { describe, expect, it } from 'vitest';
import { CLUSTER, clusterLab, out, pod, run } from '../cluster/lab.ts';

const POD = (name: string, spec: string, more = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}${more}}\nspec: ${spec}\n`;

const files = {
  'web.yaml': POD('web', '{nodeName: node1}', ', labels: {app: web}'),
  'moved.yaml': POD('web', '{nodeName: node2}', ', labels: {app: web}'),
  'pending.yaml': POD('pend', '{}'),
  'lost.yaml': POD('lost', '{nodeName: node9}'),
  'host.yaml': POD('host', '{nodeName: node2, hostNetwork: true}'),
  'given.yaml': `${POD('given', '{nodeName: node1}')}status: {podIP: 10.65.1.40}\n`,
  'wish.yaml': POD(
    'wish',
    '{nodeName: node1}',
    `, annotations: {cni.projectcalico.org/ipAddrs: '["10.65.1.41"]'}`,
  ),
  'deploy.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n',
  'wep.yaml': 'apiVersion: projectcalico.org/v3\nkind: WorkloadEndpoint\nmetadata: {name: w}\n',
  'pool.yaml':
    'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: two}\nspec: {cidr: 10.70.0.0/24, ipipMode: Always}\n',
  'pool-crd.yaml':
    'apiVersion: crd.projectcalico.org/v1\nkind: IPPool\nmetadata: {name: two}\nspec: {cidr: 10.70.0.0/24}\n',
  'bad.yaml':
    'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: two}\nspec:\n  cidr: 10.70.0.0/24\n  ipipMode: Sometimes\n',
  'typo.yaml':
    'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: two}\nspec: {cidr: 10.70.0.0/24, ipipmode: Always}\n',
};

/** Each begins with the cluster of three nodes. */
const cases: [sentence: string, script: string, stdout: string, stderr: string][] = [
  [
    'pods are listed with their addresses and nodes',
    'kubectl get pods -o wide',
    `NAME   READY   STATUS    RESTARTS   AGE         IP          NODE    NOMINATED NODE   READINESS GATES
a      1/1     Running   0          <unknown>   10.65.1.2   node1   <none>           <none>
b      1/1     Running   0          <unknown>   10.65.2.2   node2   <none>           <none>
c      1/1     Running   0          <unknown>   10.65.3.2   node3   <none>           <none>
`,
    '',
  ],
  [
    'with -A their namespace stands in front, without pods that is told',
    'kubectl get po -A | head -2; kubectl -n other get pods; kubectl delete pods --all >/dev/null; kubectl get pods -A',
    'NAMESPACE   NAME   READY   STATUS    RESTARTS   AGE\ndefault     a      1/1     Running   0          <unknown>\n',
    'No resources found in other namespace.\nNo resources found\n',
  ],
  [
    'nodes are listed with their addresses',
    'kubectl get no -o wide | head -2',
    'NAME    STATUS   ROLES    AGE         VERSION     INTERNAL-IP   EXTERNAL-IP   OS-IMAGE    KERNEL-VERSION   CONTAINER-RUNTIME\n' +
      'node1   Ready    <none>   <unknown>   <unknown>   192.168.1.1   <none>        <unknown>   <unknown>        <unknown>\n',
    '',
  ],
  [
    'pools have the columns of their definition',
    'kubectl get ippools',
    'NAME                  CIDR           VXLAN   IPIP     NAT    AGE\ndefault-ipv4-ippool   10.65.0.0/16   Never   Always   true   <unknown>\n',
    '',
  ],
  [
    'several types are printed one after the other, labels at the end, rows without headings',
    'kubectl get pods,nodes | grep -c /; kubectl get pod a --show-labels --no-headers',
    '6\na      1/1     Running   0          <unknown>   app=a\n',
    '',
  ],
  [
    'names and fields alone are for scripts',
    'kubectl get pods -l \'app in (a,b)\' -o name; kubectl get pod a -o jsonpath=\'{.status.podIP}{"\\n"}\'; kubectl get pods -o jsonpath=\'{range .items[?(@.spec.nodeName=="node2")]}{.metadata.name}: {.spec.containers[*].image}{"\\n"}{end}\'',
    'pod/a\npod/b\n10.65.1.2\nb: nginx\n',
    '',
  ],
  [
    'a Node is Kubernetes’ own, with Calico’s annotations',
    'kubectl get node node1 -o json | jq -r \'.apiVersion, .metadata.annotations["projectcalico.org/IPv4Address"]\'',
    'v1\n192.168.1.1/24\n',
    '',
  ],
  [
    'what is not there, and a type that is none',
    'kubectl get pod x; kubectl get ippool x; kubectl get foo; kubectl delete pod x; kubectl delete pod x --ignore-not-found; kubectl foo; kubectl logs a; kubectl get -z; kubectl get pods -o',
    '',
    'Error from server (NotFound): pods "x" not found\n' +
      'Error from server (NotFound): ippools.projectcalico.org "x" not found\n' +
      'error: the server doesn\'t have a resource type "foo"\n' +
      'Error from server (NotFound): pods "x" not found\n' +
      'error: unknown command "foo" for "kubectl"\n' +
      'vrouter: kubectl: logs is not emulated\n' +
      "error: unknown shorthand flag: 'z' in -z\nSee 'kubectl get --help' for usage.\n" +
      "error: flag needs an argument: 'o' in -o\nSee 'kubectl get --help' for usage.\n",
  ],
  [
    'a pod gets the lowest free address of its node’s block',
    "kubectl apply -f web.yaml; kubectl get pod web -o jsonpath='{.status.podIP} {.status.phase} {.status.hostIP}'",
    'pod/web created\n10.65.1.1 Running 192.168.1.1',
    '',
  ],
  [
    'applied again it is as it was, with another label it is configured, and keeps its address',
    "kubectl apply -f web.yaml; kubectl apply -f web.yaml; sed 's/app: web/app: x/' web.yaml | kubectl apply -f -; kubectl get pod web -o jsonpath='{.status.podIP}'",
    'pod/web created\npod/web unchanged\npod/web configured\n10.65.1.1',
    '',
  ],
  [
    'created twice it is refused, replaced it is not',
    'kubectl create -f web.yaml; kubectl create -f web.yaml; kubectl replace -f web.yaml; kubectl delete -f web.yaml; kubectl replace -f web.yaml',
    'pod/web created\npod/web replaced\npod "web" deleted\n',
    'Error from server (AlreadyExists): error when creating "web.yaml": pods "web" already exists\n' +
      'Error from server (NotFound): error when replacing "web.yaml": pods "web" not found\n',
  ],
  [
    'with another node it moves, with an address of that node',
    "kubectl apply -f web.yaml -f moved.yaml; kubectl get pod web -o jsonpath='{.status.podIP} {.status.hostIP}'; ip netns exec default.web ip -br -4 addr show eth0 | awk '{print $3}'",
    'pod/web created\npod/web configured\n10.65.2.1 192.168.1.210.65.2.1/32\n',
    'Warning: a pod cannot change its node: pod/web was deleted and created again\n',
  ],
  [
    'without a node it is Pending and has no namespace',
    'kubectl apply -f pending.yaml; kubectl get pod pend --no-headers; kubectl exec pend -- true; ip netns | grep -c pend',
    'pod/pend created\npend   0/1     Pending   0          <unknown>\n0\n',
    'Error from server (BadRequest): pod pend does not have a host assigned\n',
  ],
  [
    'scheduled later, by a patch, it runs',
    'kubectl apply -f pending.yaml; kubectl patch pod pend -p \'{"spec":{"nodeName":"node3"}}\'; kubectl exec pend -- ping -c 1 10.65.1.2 | grep -o "1 received"',
    'pod/pend created\npod/pend patched\n1 received\n',
    '',
  ],
  [
    'on a node that is not there it waits',
    'kubectl apply -f lost.yaml; kubectl get pod lost --no-headers',
    'pod/lost created\nlost   0/1     Pending   0          <unknown>\n',
    'Warning: pod/lost has no address: there is no node "node9"\n',
  ],
  [
    'and runs when the node comes',
    "kubectl apply -f lost.yaml; printf 'apiVersion: projectcalico.org/v3\\nkind: Node\\nmetadata: {name: node9}\\nspec: {bgp: {ipv4Address: 192.168.1.9/24}}' | calicoctl apply -f -; kubectl exec lost -- ping -c 1 10.65.1.2 | grep -o '1 received'",
    "pod/lost created\nSuccessfully applied 1 'Node' resource(s)\n1 received\n",
    'Warning: pod/lost has no address: there is no node "node9"\n',
  ],
  [
    'an address that it is given, or wishes for, is its own',
    "kubectl apply -f given.yaml -f wish.yaml >/dev/null; kubectl get pods given wish -o jsonpath='{.items[*].status.podIP}'; kubectl exec given -- ping -c 1 10.65.1.41 | grep -o '1 received'",
    '10.65.1.40 10.65.1.411 received\n',
    '',
  ],
  [
    'in the host’s network it is its node',
    'kubectl apply -f host.yaml; kubectl get pod host -o jsonpath=\'{.status.podIP}{"\\n"}\'; kubectl exec host -- ip netns identify',
    'pod/host created\n192.168.1.2\nnode2\n',
    '',
  ],
  [
    'exec ends as its command does',
    'kubectl exec a -- false; echo $?; kubectl exec a -- nope; echo $?; kubectl exec -it pod/b -- sh -c "exit 7"; echo $?; kubectl exec x -- true; kubectl exec a ls 2>&1 | head -1',
    '1\n126\n7\nerror: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\n',
    'command terminated with exit code 1\n' +
      'OCI runtime exec failed: exec failed: unable to start container process: exec: "nope": executable file not found in $PATH: unknown\n' +
      'command terminated with exit code 126\ncommand terminated with exit code 7\n' +
      'Error from server (NotFound): pods "x" not found\n',
  ],
  [
    'pools are of either group of the API',
    'kubectl apply -f pool.yaml; kubectl apply -f pool-crd.yaml; kubectl patch ippools.crd.projectcalico.org two --type merge -p "spec: {natOutgoing: true}"; kubectl patch ippool/two --type json -p \'[{"op":"remove","path":"/spec/natOutgoing"}]\'; kubectl delete ippool two',
    'ippool.projectcalico.org/two created\nippool.crd.projectcalico.org/two configured\n' +
      'ippool.crd.projectcalico.org/two patched\nippool.projectcalico.org/two patched\nippool.projectcalico.org "two" deleted\n',
    '',
  ],
  [
    'what an earlier manifest had and this one has not goes, what a patch set stays',
    'kubectl apply -f pool.yaml; kubectl patch ippool two --type merge -p \'{"spec":{"natOutgoing":true}}\'; kubectl apply -f pool-crd.yaml; kubectl get ippool two -o jsonpath=\'{.spec.ipipMode} {.spec.natOutgoing}\'',
    'ippool.projectcalico.org/two created\nippool.projectcalico.org/two patched\nippool.crd.projectcalico.org/two configured\nNever true',
    '',
  ],
  [
    'a patch without effect says so, one that is wrong says why',
    'kubectl patch ippool default-ipv4-ippool --type merge -p \'{"spec":{"ipipMode":"Always"}}\'; kubectl patch ippool default-ipv4-ippool --type merge -p \'{"spec":{"ipipMode":"x"}}\'; kubectl patch ippool default-ipv4-ippool --type merge -p \'{"spec":{"foo":1}}\'; kubectl patch ippool x -p "{}"; kubectl patch ippool default-ipv4-ippool --type json -p \'[{"op":"test","path":"/spec/cidr","value":1}]\'',
    'ippool.projectcalico.org/default-ipv4-ippool patched (no change)\nippool.projectcalico.org/default-ipv4-ippool patched (no change)\n',
    'The IPPool "default-ipv4-ippool" is invalid: spec.ipipMode: Invalid value: "x": must be one of Never, Always, CrossSubnet\n' +
      'Warning: unknown field "spec.foo"\n' +
      'Error from server (NotFound): ippools.projectcalico.org "x" not found\n' +
      'The request is invalid: testing value /spec/cidr failed: test failed\n',
  ],
  [
    'errors of files say where',
    'kubectl apply -f bad.yaml; kubectl apply -f typo.yaml; kubectl apply -f nope.yaml; kubectl apply; echo $?',
    '1\n',
    'The IPPool "two" is invalid: spec.ipipMode: Invalid value: "Sometimes": must be one of Never, Always, CrossSubnet\n' +
      'vrouter: bad.yaml:6:13: IPPool two: spec.ipipMode\n' +
      'Error from server (BadRequest): error when creating "typo.yaml": IPPool in version "v3" cannot be handled as a IPPool: strict decoding error: unknown field "spec.ipipmode"\n' +
      'vrouter: typo.yaml:4:38: IPPool two: spec.ipipmode\n' +
      'error: the path "nope.yaml" does not exist\n' +
      "error: must specify one of -f and -k\nSee 'kubectl apply -h' for help and examples\n",
  ],
  [
    'a patch makes no other object of one',
    `for p in '{"metadata":{"name":"z"}}' '{"metadata":{"namespace":"z"}}' '{"kind":"Z"}'; do kubectl patch pod a -p "$p"; done; kubectl get pods -A -o name`,
    'pod/a\npod/b\npod/c\n',
    'Error from server (BadRequest): the name of the object (z) does not match the name on the URL (a)\n' +
      'Error from server (BadRequest): the namespace of the object (z) does not match the namespace on the request (default)\n' +
      'Error from server (BadRequest): the object provided is unrecognized: kind is "Z"\n',
  ],
  [
    'what can be no object is refused, and where it stands told',
    "printf 'apiVersion: v1\\nkind: Pod\\n' | kubectl apply -f -; printf -- '- 1\\n' | kubectl apply -f -; sed '$ a metadata: {name: X_y}' deploy.yaml | sed 's,apps/v1,v1,; s,Deployment,Pod,; /name: d/d' | kubectl create -f - 2>&1 | cut -c 1-65",
    'The Pod "X_y" is invalid: metadata.name: Invalid value: "X_y": na\nvrouter: -:3:18: Pod X_y: metadata.name\n',
    'The Pod "" is invalid: metadata: is required\nvrouter: -:1:1: Pod: metadata\n' +
      'error: error parsing -: a resource must be a mapping\nvrouter: -:1:3\n',
  ],
  [
    'what the lab does not have is left out, and that is told',
    'kubectl apply -f web.yaml,deploy.yaml; kubectl apply -f wep.yaml; echo $?',
    'pod/web created\n1\n',
    'vrouter: deploy.yaml:1:1: Deployment of apps/v1 is not emulated and left out\n' +
      'vrouter: wep.yaml:1:1: WorkloadEndpoint of projectcalico.org/v3 is not in the Kubernetes API: calicoctl has it\n' +
      'error: no objects passed to apply\n',
  ],
  [
    'labels and annotations are set, kept, changed and removed',
    'kubectl label node node1 rack=a; kubectl label node node1 rack=a; kubectl label node node1 rack=b; kubectl label nodes --all rack=b --overwrite; kubectl label node/node1 rack-; kubectl annotate pod a x=y',
    'node/node1 labeled\nnode/node1 not labeled\nnode/node1 labeled\nnode/node2 labeled\nnode/node3 labeled\nnode/node1 unlabeled\npod/a annotated\n',
    "error: 'rack' already has a value (a), and --overwrite is false\n",
  ],
  [
    'help is there for every command',
    'for c in get apply create replace delete patch label annotate exec; do kubectl $c --help | head -1; done | sort -u; kubectl | head -1 | cut -c 1-7',
    'Usage:\nkubectl\n',
    '',
  ],
];

describe('kubectl', () => {
  it.each(cases)('%s', async (_, script, stdout, stderr) => {
    const result = await run(clusterLab(), script, files);
    expect(result.stderr).toBe(stderr);
    expect(result.stdout).toBe(stdout);
  });

  it('what get prints can be applied again and changes nothing', async () => {
    const lab = clusterLab();
    for (const type of ['pods', 'nodes', 'ippools'])
      for (const format of ['yaml', 'json']) {
        const said = await out(lab, `kubectl get ${type} -o ${format} | kubectl apply -f -`);
        expect(said).toMatch(/^(\S+ unchanged\n)+$/);
      }
  });
});

const block = (cidr: string, on: string, taken: number): string => `
apiVersion: projectcalico.org/v3
kind: IPAMBlock
metadata: {name: ${cidr.replace(/[./]/g, '-')}}
spec:
  cidr: ${cidr}
  affinity: host:${on}
  allocations: [${[0, 1, 2, 3].map((at) => (at < taken ? 0 : 'null')).join(', ')}]
  unallocated: [${[0, 1, 2, 3].filter((at) => at >= taken).join(', ')}]
  attributes: [{secondary: {node: ${on}}}]
  deleted: false
---`;

const SMALL = `${CLUSTER.replace('cidr: 10.65.0.0/16, ipipMode: Always', 'cidr: 10.65.0.0/28, blockSize: 30').replace(/apiVersion: v1\nkind: Pod[\s\S]*/, '')}`;

describe('addresses of pods', () => {
  it('are taken and given back in the blocks of the datastore', async () => {
    const lab = clusterLab(`${SMALL}${block('10.65.0.4/30', 'node1', 2)}`);
    const state = `kubectl get ipamblock 10-65-0-4-30 -o jsonpath='{.spec.allocations} {.spec.attributes[1].secondary.pod} {.spec.unallocated}'`;
    expect(
      await out(
        lab,
        `printf '${POD('p', '{nodeName: node1}').replaceAll('\n', '\\n')}' | kubectl apply -f - >/dev/null; ${state}`,
      ),
    ).toBe('[0,0,1,null] p [3]');
    expect(await out(lab, `kubectl delete pod p >/dev/null; ${state}`)).toBe('[0,0,null,null]  [3,2]');
  });

  it('come from a new block when the node’s own are full, and from others’ when there is no block left', async () => {
    const lab = clusterLab(`${SMALL}${block('10.65.0.0/30', 'node2', 0)}`);
    const pods = (count: number, from: number): string =>
      Array.from({ length: count }, (_, at) => POD(`p${from + at}`, '{nodeName: node1}')).join('---\n');
    const files = {
      'first.yaml': POD('other', '{nodeName: node2}'),
      'many.yaml': pods(12, 0),
      'more.yaml': pods(3, 12),
      'last.yaml': POD('last', '{nodeName: node1}'),
    };
    const script =
      'kubectl apply -f first.yaml -f many.yaml; kubectl apply -f more.yaml; kubectl apply -f last.yaml';
    const { stderr } = await run(lab, script, files);
    expect(stderr).toBe('Warning: pod/last has no address: No IPs available in pools: [10.65.0.0/28]\n');
    const ips = (await out(lab, "kubectl get pods -o jsonpath='{.items[*].status.podIP}'")).split(' ');
    expect(new Set(ips).size).toBe(16);
    expect(await out(lab, 'calicoctl ipam show --show-borrowed | grep -c "| node1 "')).toBe('3\n');
    expect(
      await out(
        lab,
        'kubectl exec p14 -- ping -c 1 $(kubectl get pod other -o jsonpath={.status.podIP}) | grep -o "1 received"',
      ),
    ).toBe('1 received\n');
  });

  it('come from the pools that select the node, unless the pod names its pools', async () => {
    const lab = clusterLab(
      `${CLUSTER}
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: z-special}
spec: {cidr: 10.99.0.0/24, nodeSelector: "rack == 'z'"}`,
    );
    const files = {
      'p.yaml': POD(
        'p',
        '{nodeName: node1}',
        `, annotations: {cni.projectcalico.org/ipv4pools: '["z-special"]'}`,
      ),
      'q.yaml': POD('q', '{nodeName: node1}', `, annotations: {cni.projectcalico.org/ipv4pools: '["none"]'}`),
      'r.yaml': POD('r', '{nodeName: node1}'),
    };
    const { stderr } = await run(lab, 'kubectl apply -f p.yaml -f q.yaml -f r.yaml', files);
    expect(stderr).toBe(
      'Warning: pod/q has no address: the given pool (none) does not exist, or is not enabled\n',
    );
    expect(await out(lab, "kubectl get pods p q r -o jsonpath='{.items[*].status.podIP}'")).toBe(
      '10.99.0.0 10.65.1.1',
    );
  });
});

describe('a cluster that changes', () => {
  const PINGS = [
    ['a', '10.65.2.2'],
    ['a', '10.65.3.2'],
    ['b', '10.65.3.2'],
    ['c', '10.65.1.2'],
  ].map(([from, to]) => `kubectl exec ${from} -- ping -c 1 -W 1 ${to} | grep -o '[01] received'`);
  const reached = '1 received\n'.repeat(PINGS.length);
  const MODES: [ipip: string, vxlan: string, sameSubnet: RegExp, otherSubnet: RegExp][] = [
    ['Always', 'Never', /dev tunl0/, /dev tunl0/],
    ['CrossSubnet', 'Never', /dev eth0/, /dev tunl0/],
    ['Never', 'Always', /dev vxlan.calico/, /dev vxlan.calico/],
    ['Never', 'CrossSubnet', /dev eth0/, /dev vxlan.calico/],
    ['Always', 'Never', /dev tunl0/, /dev tunl0/],
  ];

  it('its pool goes from mode to mode, by kubectl and by calicoctl, and pods reach each other in all', async () => {
    const lab = clusterLab();
    for (const [at, [ipipMode, vxlanMode, near, far]] of MODES.entries()) {
      const patch = JSON.stringify({ spec: { ipipMode, vxlanMode } });
      const command = at % 2 === 0 ? 'kubectl patch --type merge' : 'calicoctl patch';
      const { stderr, exitCode } = await run(lab, `${command} ippool default-ipv4-ippool -p '${patch}'`);
      expect([stderr, exitCode]).toEqual(['', 0]);
      expect(await out(lab, 'ip -n node1 route show 10.65.2.0/26')).toMatch(near);
      expect(await out(lab, 'ip -n node1 route show 10.65.3.0/26')).toMatch(far);
      expect(await out(lab, PINGS.join('; '))).toBe(reached);
    }
  });

  it('a pod moves with its address, and then it is the borrower’s', async () => {
    const lab = clusterLab();
    await run(lab, 'kubectl apply -f c.yaml', { 'c.yaml': pod('c', 'node1', '10.65.3.2') });
    expect(await out(lab, PINGS.join('; '))).toBe(reached);
    expect(await out(lab, 'ip -n node2 route get 10.65.3.2 | head -1')).toMatch(
      /via 192\.168\.1\.1 dev tunl0/,
    );
    expect(await out(lab, 'calicoctl get wep | awk "/^c/ {print \\$2}"')).toBe('node1\n');
  });

  it.each(['calicoctl delete node node3', 'kubectl delete node node3'])(
    '%s takes its pods along; it comes back with others',
    async (command) => {
      const lab = clusterLab();
      expect((await run(lab, command)).stderr).toBe('');
      expect(
        await out(lab, 'ip netns | cut -d" " -f1 | sort | tr "\\n" " "; kubectl get pods -o name | wc -l'),
      ).toBe('default.a default.b node1 node2 underlay 2\n');
      expect(await out(lab, 'ip -n node1 route | grep -c 10.65.3')).toBe('0\n');
      const files = {
        'node3.yaml': `apiVersion: v1
kind: Node
metadata: {name: node3, annotations: {projectcalico.org/IPv4Address: 192.168.2.9/24}}
---${pod('c', 'node3', '10.65.3.2')}`,
      };
      expect((await run(lab, 'kubectl apply -f node3.yaml', files)).output).toBe(
        'node/node3 created\npod/c created\n',
      );
      expect(await out(lab, PINGS.join('; '))).toBe(reached);
      expect(await out(lab, 'ip -n node1 route show 10.65.3.0/26')).toMatch(/via 192\.168\.2\.9 dev tunl0/);
    },
  );

  it('begins with nothing and is made by commands alone', async () => {
    const { lab } = await run(clusterLab(''), 'true');
    const script = `printf '%s' '${CLUSTER.replaceAll("'", '')}' > all.yaml
sed '/kind: Pod/,$d; /^apiVersion: v1$/,$d' all.yaml | sed '$d' | calicoctl apply -f -
sed -n '/^apiVersion: v1$/,$p' all.yaml | kubectl apply -f -
${PINGS.join('\n')}`;
    expect(await out(lab, script)).toBe(
      `Successfully applied 4 resource(s)\npod/a created\npod/b created\npod/c created\n${reached}`,
    );
  });
});
