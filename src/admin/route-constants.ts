// Linux's numbers for routes and rules (linux/rtnetlink.h, linux/fib_rules.h), for those who may not look into the FIB.
export {
  type Metrics,
  NextHopFlag,
  NO_METRICS,
  RouteProtocol,
  RouteType,
  RuleAction,
  Scope,
  Table,
} from '../fib/route.ts';
