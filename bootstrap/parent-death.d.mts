/** Calls `end` once when whoever runs this process is gone: the other end of our channel, or npm's shell. */
export declare function onParentDeath(end: () => void): void;
