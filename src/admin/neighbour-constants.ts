// Linux's numbers for neighbours (linux/neighbour.h), for those who may not look into the neighbour table.
export { NeighbourFlag, NudState } from '../neigh/neighbour.ts';
