// What calicoctl --help prints: its commands as far as a lab has them.

export const USAGE = `Usage:
  calicoctl [options] <command> [<args>...]

    create       Create a resource by file, directory or stdin.
    replace      Replace a resource by file, directory or stdin.
    apply        Apply a resource by file, directory or stdin: create it, or replace
                 what is there.
    patch        Patch a resource in place.
    delete       Delete resources by file, directory, stdin, or type and name.
    get          Get resources by file, directory, stdin, or type and name.
    label        Add, change or remove a label of a resource.
    validate     Check the resources of files without applying them.
    ipam         How full the pools are, and whose an address is.
    node         The BGP sessions of the node whose namespace this runs in.
    version      Display the version.

Options:
  -h --help                    Show this screen.
  -l --log-level=<level>       Accepted, without effect.
     --context=<context>       Accepted, without effect.
     --allow-version-mismatch  Accepted, without effect.

Description:
  Acts on the lab's own cluster: nodes and pods are namespaces, and their tables
  follow every change at once, as Felix, BIRD and the CNI plugin would program them.

  See 'calicoctl <command> --help' to read about a specific subcommand.
`;

const FILE = `
  -f --filename=<FILENAME>     A file, a directory of .json, .yaml and .yml files, or
                               "-" for standard input. Several documents and lists are
                               read as well.
  -R --recursive               Directories within the directory too.
     --skip-empty              No error if there is nothing in them.`;
const NAMESPACE = `
  -n --namespace=<NS>          Namespace of the resource (WorkloadEndpoint).`;
const COMMON = `
  -c --config=<CONFIG>, --context=<context>, --allow-version-mismatch
                               Accepted, without effect.
`;
const KINDS = `
  Resource types, case-insensitive, singular or plural:
    ipPool (ipp, pool), node (no), workloadEndpoint (wep), felixConfiguration
    (felixconfig), bgpConfiguration (bgpconfig), bgpPeer (bgpp, bp), and of IPAM
    ipamBlock and blockAffinity.
`;

/** By command. */
export const HELP: Readonly<Record<string, string>> = {
  apply: `Usage:
  calicoctl apply --filename=<FILENAME> [--recursive] [--skip-empty] [--namespace=<NS>]

Examples:
  calicoctl apply -f ./pool.yaml
  cat pool.json | calicoctl apply -f -

Options:${FILE}${NAMESPACE}${COMMON}${KINDS}`,
  create: `Usage:
  calicoctl create --filename=<FILENAME> [--recursive] [--skip-empty] [--skip-exists]
                   [--namespace=<NS>]

Options:${FILE}
     --skip-exists             Resources that are there already are no error.${NAMESPACE}${COMMON}${KINDS}`,
  replace: `Usage:
  calicoctl replace --filename=<FILENAME> [--recursive] [--skip-empty] [--namespace=<NS>]

Options:${FILE}${NAMESPACE}${COMMON}${KINDS}`,
  validate: `Usage:
  calicoctl validate --filename=<FILENAME> [--recursive] [--skip-empty]

Options:${FILE}${COMMON}${KINDS}`,
  delete: `Usage:
  calicoctl delete ( (<KIND> [<NAME>...]) | --filename=<FILE> [--recursive] [--skip-empty] )
                   [--skip-not-exists] [--namespace=<NS>]

Options:
  -s --skip-not-exists         Resources that are not there are no error.${FILE}${NAMESPACE}${COMMON}${KINDS}
  Pods and endpoints of a node go with it.
`,
  get: `Usage:
  calicoctl get ( (<KIND> [<NAME>...]) | --filename=<FILENAME> [--recursive] [--skip-empty] )
                [--output=<OUTPUT>] [--namespace=<NS>] [--all-namespaces] [--export]

Examples:
  calicoctl get ippool -o wide
  calicoctl get wep -A
  calicoctl get node node1 -o yaml

Options:
  -o --output=<OUTPUT FORMAT>  yaml, json, ps or wide. [Default: ps]
  -A --all-namespaces          Of all namespaces.${FILE}${NAMESPACE}${COMMON}${KINDS}`,
  patch: `Usage:
  calicoctl patch <KIND> <NAME> --patch=<PATCH> [--type=<TYPE>] [--namespace=<NS>]

Examples:
  calicoctl patch ippool default-ipv4-ippool -p '{"spec": {"ipipMode": "CrossSubnet"}}'

Options:
  -p --patch=<PATCH>           JSON or YAML.
  -t --type=<TYPE>             strategic and merge: fields that are given, null removes;
                               json: a list of operations (RFC 6902). [Default: strategic]${NAMESPACE}${COMMON}${KINDS}`,
  label: `Usage:
  calicoctl label <KIND> <NAME> ( <key>=<value> [--overwrite] | <key> --remove ) [--namespace=<NS>]

Examples:
  calicoctl label nodes node1 rack=a

Options:
     --overwrite               Change a label that is there.
     --remove                  Remove it.${NAMESPACE}${COMMON}${KINDS}`,
  ipam: `Usage:
  calicoctl ipam show [--ip=<IP> | --show-blocks | --show-borrowed | --show-configuration]

Options:
     --ip=<IP>                 Whether this address is in use, and by whom.
     --show-blocks             The blocks of each pool too.
     --show-borrowed           Addresses that a node has out of another node's block.
     --show-configuration      IPAM's configuration.${COMMON}`,
  node: `Usage:
  ip netns exec <NODE> calicoctl node status

  The BGP sessions of a node; every one that is configured counts as established.
`,
  version: `Usage:
  calicoctl version [--client]
`,
};
