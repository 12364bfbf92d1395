// calicoctl in the lab's shell: what it prints, and that the lab follows.
import { describe, expect, it } from 'vitest';
import { clusterLab, node, out, run } from '../cluster/lab.ts';

const POOL = (name: string, cidr: string, more = ''): string => `
apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: ${name}
spec:
  cidr: ${cidr}
${more}`;

/** Each begins with the cluster of three nodes. */
const cases: [sentence: string, script: string, stdout: string, stderr: string][] = [
  [
    'a pool is listed with its selector',
    'calicoctl get ippool',
    'NAME                  CIDR           SELECTOR   \ndefault-ipv4-ippool   10.65.0.0/16   all()      \n\n',
    '',
  ],
  [
    'and widely with its modes, by any of its names and forms of the option',
    'for kind in ippools IPPool ipp pool; do for o in "-o wide" -owide --output=wide "--output wide"; do calicoctl get $kind $o; done; done | sort -u | grep -v "^$"',
    'NAME                  CIDR           NAT    IPIPMODE   VXLANMODE   DISABLED   DISABLEBGPEXPORT   SELECTOR   ASSIGNMENTMODE   \n' +
      'default-ipv4-ippool   10.65.0.0/16   true   Always     Never       false      false              all()      Automatic        \n',
    '',
  ],
  [
    'nodes have the cluster’s AS number in parentheses',
    'calicoctl get nodes -o wide | head -2',
    'NAME    ASN       IPV4             IPV6   \nnode1   (64512)   192.168.1.1/24          \n',
    '',
  ],
  [
    'endpoints of all namespaces have their namespace in front',
    'calicoctl get wep -A | awk "NR < 3 {print \\$1, \\$2, \\$3, \\$4}"',
    'NAMESPACE WORKLOAD NODE NETWORKS\ndefault a node1 10.65.1.2/32\n',
    '',
  ],
  [
    'of a namespace without any there are only headings',
    'calicoctl get wep -n other',
    'NAMESPACE   WORKLOAD   NODE   NETWORKS   INTERFACE   \n\n',
    '',
  ],
  [
    'what is not there is an error, what is there is printed all the same',
    'calicoctl get ippool nope default-ipv4-ippool; echo $?',
    'NAME                  CIDR           SELECTOR   \ndefault-ipv4-ippool   10.65.0.0/16   all()      \n\n1\n',
    'resource does not exist: IPPool(nope) with error: ippools.crd.projectcalico.org "nope" not found\n',
  ],
  [
    'several resources by name are a list in YAML',
    'calicoctl get node node1 node2 -o yaml | grep -e "^-" -e ipv4Address',
    '- apiVersion: projectcalico.org/v3\n      ipv4Address: 192.168.1.1/24\n- apiVersion: projectcalico.org/v3\n      ipv4Address: 192.168.1.2/24\n',
    '',
  ],
  [
    'a kind as a whole is a typed list in JSON',
    "calicoctl get nodes -o json | jq -r '.kind, (.items | length)'",
    'NodeList\n3\n',
    '',
  ],
  [
    'what is not namespaced takes no namespace',
    'calicoctl get nodes -A 2>&1 | tail -1',
    'Node is not namespaced\n',
    '',
  ],
  [
    'a kind that is none, one that the lab does not have, and a format that is none',
    'calicoctl get foo; calicoctl get gnp; calicoctl get ippool -o name; calicoctl get ippool -o custom-columns=NAME',
    '',
    "resource type 'foo' is not supported\nvrouter: calicoctl: GlobalNetworkPolicy is not emulated\n" +
      "unrecognized output format 'name'\nvrouter: calicoctl: -o custom-columns is not emulated\n",
  ],
  [
    'wrong use is told with the whole line',
    'calicoctl get --foo ippool; calicoctl patch ippool; calicoctl apply',
    '',
    ['get --foo ippool', 'patch ippool', 'apply']
      .map(
        (line) =>
          `invalid option: 'calicoctl ${line}'. Use flag '--help' to read about a specific subcommand\n`,
      )
      .join(''),
  ],
  [
    'convert and its like are refused',
    'calicoctl convert -f x; echo $?',
    '1\n',
    'vrouter: calicoctl: convert is not emulated\n',
  ],
  [
    'ipam show counts pods and tunnels',
    'calicoctl ipam show --show-blocks',
    `+----------+--------------+-----------+------------+--------------+
| GROUPING |     CIDR     | IPS TOTAL | IPS IN USE |   IPS FREE   |
+----------+--------------+-----------+------------+--------------+
| IP Pool  | 10.65.0.0/16 |     65536 | 6 (0%)     | 65530 (100%) |
| Block    | 10.65.1.0/26 |        64 | 2 (3%)     | 62 (97%)     |
| Block    | 10.65.2.0/26 |        64 | 2 (3%)     | 62 (97%)     |
| Block    | 10.65.3.0/26 |        64 | 2 (3%)     | 62 (97%)     |
+----------+--------------+-----------+------------+--------------+
`,
    '',
  ],
  [
    'ipam show tells whose an address is',
    'calicoctl ipam show --ip=10.65.1.2; calicoctl ipam show --ip 10.65.1.9; calicoctl ipam show --ip=x; echo $?',
    'IP 10.65.1.2 is in use\nHandle ID: <none>\nActive Owner Attributes:\n  namespace: default\n  node: node1\n  pod: a\n' +
      '10.65.1.9 is not assigned\nError executing command: invalid IP address specified: x\n1\n',
    '',
  ],
  [
    'node status lists the mesh, in a node’s namespace only',
    'ip netns exec node1 calicoctl node status | grep "|"; calicoctl node status',
    '| PEER ADDRESS |     PEER TYPE     | STATE |  SINCE   |    INFO     |\n' +
      '| 192.168.1.2  | node-to-node mesh | up    | 00:00:00 | Established |\n' +
      '| 192.168.2.3  | node-to-node mesh | up    | 00:00:00 | Established |\n',
    'Calico process is not running.\n',
  ],
  [
    'version is of the cluster’s release',
    'calicoctl version --client; calicoctl --allow-version-mismatch version | tail -1',
    'Client Version:    v3.32.1\nGit commit:        vrouter\nCluster Type:      k8s,bgp\n',
    '',
  ],
  [
    'labels are set, kept, changed and removed',
    'calicoctl label nodes node1 rack=a; calicoctl label nodes node1 rack=b; calicoctl label nodes node1 rack=b --overwrite; calicoctl label nodes node1 rack --remove',
    'Successfully set label rack on nodes node1\nSuccessfully updated label rack on nodes node1\nSuccessfully removed label rack from nodes node1\n',
    "failed to update label of nodes node1, key rack is already present. please use '--overwrite' to set a new value\n",
  ],
  [
    'a patch that would break a rule changes nothing',
    'calicoctl patch ippool default-ipv4-ippool -p \'{"spec":{"cidr":"10.0.0.0/8"}}\'; calicoctl get ippool | grep -c 10.65.0.0/16',
    '1\n',
    "hit error: updating existing resource: error with field spec.cidr = '10.0.0.0/8' (IPPool CIDR cannot be modified)\n",
  ],
  [
    'a patch with a field that nobody knows is refused',
    'calicoctl patch ippool default-ipv4-ippool -p \'{"spec":{"ipipmode":"Never"}}\'',
    '',
    'field in document is not recognized or is in the wrong location: ipipmode\n',
  ],
  [
    'a JSON patch and one in YAML do what they say',
    'calicoctl patch node node2 -t json -p \'[{"op":"add","path":"/spec/bgp/asNumber","value":65001}]\'; calicoctl patch node node3 -p "spec: {bgp: {asNumber: 65002}}"; calicoctl get no -o wide | awk "{print \\$2}"',
    "Successfully patched 1 'Node' resource\nSuccessfully patched 1 'Node' resource\nASN\n(64512)\n65001\n65002\n\n",
    '',
  ],
  [
    'a patch makes no other resource of one',
    'calicoctl patch node node1 -p \'{"metadata":{"name":"z"}}\'; calicoctl patch node node1 -p 5; calicoctl get no | wc -l',
    '5\n',
    'hit error: updating existing resource: resource does not exist: Node(z) with error: nodes "z" not found\n' +
      'hit error: performing strategic patch: cannot read the patch: 5\n',
  ],
  [
    'what is not there is not patched and not deleted',
    'calicoctl patch ippool x -p "{}"; calicoctl delete ippool x; calicoctl delete ippool x -s',
    "Successfully deleted 1 'IPPool' resource(s)\n",
    'hit error: resource does not exist: IPPool(x) with error: ippools.crd.projectcalico.org "x" not found\n' +
      'Failed to delete \'IPPool\' resource: resource does not exist: IPPool(x) with error: ippools.crd.projectcalico.org "x" not found\n\n',
  ],
];

describe('calicoctl', () => {
  it.each(cases)('%s', async (_, script, stdout, stderr) => {
    const result = await run(clusterLab(), script);
    expect(result.stdout).toBe(stdout);
    expect(result.stderr).toBe(stderr);
  });

  it('every command and every option of its help can be read', async () => {
    const lab = clusterLab();
    const commands = (await out(lab, 'calicoctl --help')).match(/^ {4}\w+/gm) ?? [];
    expect(commands.length).toBe(11);
    for (const command of commands)
      expect(await out(lab, `calicoctl ${command} --help`), command).toMatch(/^Usage:\n/);
  });
});

describe('calicoctl with files', () => {
  const files = {
    'two.yaml': `${POOL('one', '10.70.0.0/24')}---\n${POOL('two', '10.71.0.0/24', '  vxlanMode: Always\n')}`,
    'bad.yaml': `${POOL('one', '10.70.0.0/33')}---\n${POOL('two', '10.71.0.0/24', '  ipipMode: Sometimes\n')}`,
    'half.yaml': `${POOL('one', '10.70.0.0/24')}---\n${POOL('two', '10.71.0.0/33')}`,
    'list.json': JSON.stringify({
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPPoolList',
      items: [{ metadata: { name: 'three' }, spec: { cidr: '10.72.0.0/24' } }],
    }),
    'node.yaml': node('node4', '192.168.1.4/24'),
    'typo.yaml': POOL('one', '10.70.0.0/24', '  ipipmode: Always\n'),
    'broken.yaml': 'kind: IPPool\n  apiVersion: [',
    'pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n',
    'policy.yaml': `apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: p}\n---${POOL('one', '10.70.0.0/24')}`,
    'empty.yaml': '# nothing\n',
  };
  const cases: [sentence: string, script: string, stdout: string, stderr: string][] = [
    [
      'several documents are applied, created once, replaced and deleted',
      'for verb in apply create replace delete delete; do calicoctl $verb -f two.yaml 2>&1 | cut -c 1-60; done',
      "Successfully applied 2 'IPPool' resource(s)\n" +
        "failed to create any 'IPPool' resources: [resource already e\n" +
        "Successfully replaced 2 'IPPool' resource(s)\nSuccessfully deleted 2 'IPPool' resource(s)\n" +
        "Failed to delete 'IPPool' resource: resource does not exist:\n".repeat(2) +
        '\n',
      '',
    ],
    [
      'standard input and typed lists in JSON will do',
      'cat list.json | calicoctl create -f -; calicoctl create -f list.json --skip-exists; calicoctl get pool three | grep -c 10.72',
      "Successfully created 1 'IPPool' resource(s)\nSuccessfully created 1 'IPPool' resource(s)\n1\n",
      '',
    ],
    [
      'kinds together are counted without a name, also those of a folder',
      'mkdir d; cp two.yaml node.yaml d; calicoctl apply -f d; calicoctl get no | tail -2',
      'Successfully applied 3 resource(s)\nnode4   \n\n',
      '',
    ],
    [
      'validate applies nothing',
      'calicoctl validate -f two.yaml; calicoctl get pool one',
      "Successfully validated 2 'IPPool' resource(s)\n",
      'resource does not exist: IPPool(one) with error: ippools.crd.projectcalico.org "one" not found\n',
    ],
    [
      'each error is told with its field and value, and where it stands',
      'calicoctl apply -f bad.yaml; echo $?',
      '1\n',
      "failed to apply any 'IPPool' resources: [error with field spec.cidr = '10.70.0.0/33' (IPPool CIDR must be a valid subnet) " +
        "error with field spec.ipipMode = 'Sometimes' (must be one of Never, Always, CrossSubnet)]\n" +
        'vrouter: bad.yaml:7:9: IPPool one: spec.cidr\nvrouter: bad.yaml:16:13: IPPool two: spec.ipipMode\n',
    ],
    [
      'one that is right is applied though another is wrong',
      'calicoctl apply -f half.yaml 2>/dev/null; echo $?; calicoctl get pool one | grep -c 10.70',
      '1\n1\n',
      '',
    ],
    [
      'a misspelt field makes the file invalid',
      'calicoctl apply -f typo.yaml; calicoctl get pools | grep -c one',
      '0\n',
      'field in document is not recognized or is in the wrong location: ipipmode\nvrouter: typo.yaml:8:13: IPPool one: spec.ipipmode\n',
    ],
    [
      'so do broken YAML, a file that is not there and one with nothing in it',
      'calicoctl apply -f broken.yaml 2>&1 | cut -d: -f 1-2; calicoctl apply -f nope.yaml; calicoctl apply -f empty.yaml; calicoctl apply -f empty.yaml --skip-empty',
      'failed to execute command: YAML syntax\nvrouter: broken.yaml\nNo resources specified\n',
      'failed to execute command: open nope.yaml: no such file or directory\nno resources specified in file empty.yaml\n',
    ],
    [
      'Kubernetes’ resources are for kubectl',
      'calicoctl apply -f pod.yaml',
      '',
      'failed to execute command: unknown resource type (Pod) and/or version (v1)\nvrouter: pod.yaml:1:1: Kubernetes resources are for kubectl\n',
    ],
    [
      'policies are left out, and that is told',
      'calicoctl apply -f policy.yaml',
      "Successfully applied 1 'IPPool' resource(s)\n",
      'vrouter: policy.yaml:1:1: GlobalNetworkPolicy is not emulated and left out\n',
    ],
  ];

  it.each(cases)('%s', async (_, script, stdout, stderr) => {
    const result = await run(clusterLab(), script, files);
    expect(result.stderr).toBe(stderr);
    expect(result.stdout).toBe(stdout);
  });

  it('what get prints can be applied again and changes nothing', async () => {
    const lab = clusterLab();
    for (const kind of ['ippool', 'node', 'wep'])
      for (const format of ['yaml', 'json']) {
        const before = await out(lab, `calicoctl get ${kind} -o ${format}`);
        const said = await out(lab, `calicoctl get ${kind} -o ${format} | calicoctl apply -f -`);
        expect(said).toMatch(/^Successfully applied \d 'IPPool|^Successfully applied 3 /);
        expect(await out(lab, `calicoctl get ${kind} -o ${format}`)).toBe(before);
      }
  });
});

describe('calicoctl of v3.20', () => {
  it('begins its errors with a capital, and has fewer columns', async () => {
    const lab = clusterLab(undefined, 'v3.20');
    const { stderr, stdout } = await run(
      lab,
      'calicoctl apply -f nope.yaml; calicoctl get ippool -o wide | head -1',
    );
    expect(stderr).toMatch(/^Failed to execute command: /);
    expect(stdout.trim().split(/ +/)).toEqual([
      'NAME',
      'CIDR',
      'NAT',
      'IPIPMODE',
      'VXLANMODE',
      'DISABLED',
      'SELECTOR',
    ]);
  });
});
