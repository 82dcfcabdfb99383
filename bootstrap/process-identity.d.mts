/** Whether a process of this id runs and its command line holds `word`. */
export declare function isProcessOf(pid: number, word: string): boolean;
