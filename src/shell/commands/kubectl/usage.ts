// What kubectl --help prints: its commands as far as a lab has them.

export const USAGE = `kubectl acts on the lab's own cluster: its Pods, its Nodes and Calico's resources. Nodes and pods are
namespaces of the lab, and their tables follow every change at once.

Commands:
  get         Display objects
  apply       Create or change objects from a file or stdin
  create      Create objects from a file or stdin
  replace     Replace objects from a file or stdin
  delete      Delete objects by file, stdin, type and name, or label
  patch       Change fields of an object
  label       Change the labels of an object
  annotate    Change the annotations of an object
  exec        Run a command in a pod's namespace

Types:
  pods (po), nodes (no), ippools, felixconfigurations, bgpconfigurations, bgppeers, ipamblocks,
  blockaffinities; of projectcalico.org or crd.projectcalico.org

Usage:
  kubectl [-n NAMESPACE] COMMAND [TYPE] [NAME] [flags]

Use "kubectl COMMAND --help" for more about a command.
`;

const FILES = '  -f FILE          a file, a folder, or - for standard input; -R for folders within it\n';
const NAMESPACE = '  -n NAMESPACE     of pods; default: default\n';

/** By command. */
export const HELP: Readonly<Record<string, string>> = {
  get: `Usage:
  kubectl get TYPE[,TYPE] [NAME...] | TYPE/NAME... [flags]

Examples:
  kubectl get pods -A -o wide
  kubectl get pod web -o jsonpath='{.status.podIP}'
  kubectl get ippools -o yaml

Flags:
  -o FORMAT        wide, yaml, json, name or jsonpath=TEMPLATE
  -A               of all namespaces
${NAMESPACE}  -l SELECTOR      those with these labels: a=b,c!=d,e,!f,g in (h,i)
  --show-labels, --no-headers, --ignore-not-found
`,
  apply: `Usage:
  kubectl apply -f FILE

A pod with a nodeName and no address gets the lowest free one of its node's blocks, out of the pools that
cni.projectcalico.org/ipv4pools names or that select the node. One with an address (status.podIP, the podIP
annotation of the CNI plugin, or cni.projectcalico.org/ipAddrs) gets that. One without a nodeName is Pending.
With another nodeName a pod is deleted and created again, which Kubernetes would leave to you.

Flags:
${FILES}${NAMESPACE}`,
  create: `Usage:
  kubectl create -f FILE

Flags:
${FILES}${NAMESPACE}`,
  replace: `Usage:
  kubectl replace -f FILE

Flags:
${FILES}${NAMESPACE}`,
  delete: `Usage:
  kubectl delete (-f FILE | TYPE NAME... | TYPE/NAME... | TYPE (-l SELECTOR | --all)) [flags]

The pods of a node go with it.

Flags:
${FILES}${NAMESPACE}  -A               of all namespaces, with -l or --all
  --ignore-not-found
`,
  patch: `Usage:
  kubectl patch (TYPE NAME | TYPE/NAME) -p PATCH [--type strategic|merge|json]

Examples:
  kubectl patch ippool default-ipv4-ippool --type merge -p '{"spec":{"ipipMode":"CrossSubnet"}}'

Flags:
  -p PATCH         JSON or YAML; or --patch-file FILE
  --type TYPE      strategic and merge: fields that are given, null removes; json: operations of RFC 6902
${NAMESPACE}`,
  label: `Usage:
  kubectl label (TYPE NAME | TYPE/NAME | TYPE --all) KEY=VALUE... KEY-... [--overwrite]

Flags:
${NAMESPACE}  -l SELECTOR, --all, --overwrite
`,
  annotate: `Usage:
  kubectl annotate (TYPE NAME | TYPE/NAME | TYPE --all) KEY=VALUE... KEY-... [--overwrite]

Flags:
${NAMESPACE}  -l SELECTOR, --all, --overwrite
`,
  exec: `Usage:
  kubectl exec POD [-n NAMESPACE] [-it] -- COMMAND [ARGS...]

Examples:
  kubectl exec web -- ip route
  kubectl exec -it web -- bash
`,
};
