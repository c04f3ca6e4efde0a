/** The graph holds something that this compiler does not know: it runs operator by operator instead. */
export class NotCompilableError extends Error {}
