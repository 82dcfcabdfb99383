/**
 * Why events can no longer be delivered:
 * `expired`: the log no longer keeps them (age, or more events than are kept for a user);
 * `reset`: the stream was made anew, the position belongs to an earlier incarnation;
 * `rewound`: the position lies past the end of the stream, which has lost its tail.
 */
export type GapReason = 'expired' | 'reset' | 'rewound';
