// The numbers of linux/rtnetlink.h and linux/fib_rules.h that requests and answers carry, for those above who may not
// look into the FIB itself.
export {
  type Metrics,
  NextHopFlag,
  RouteProtocol,
  RouteType,
  RuleAction,
  Scope,
  Table,
} from '../fib/route.ts';
