// The sockets of a namespace, for commands that send and hear datagrams: ping, traceroute.
export * from '../ip/socket.ts';
export * from '../ip/socket-device.ts';
