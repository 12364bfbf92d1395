// Linux's numbers for route types, scopes, tables and protocols, for those who may not look into the FIB.
export { type Metrics, NextHopFlag, RouteProtocol, RouteType, Scope, Table } from '../fib/route.ts';
