/** `for (;;) switch ($pc)`: the shape that fits any flow, used where structured output does not exist. */

import type { BlockText } from "./block-text.ts";
import type { Block, FlowGraph } from "./flow-graph.ts";

export function printDispatch(graph: FlowGraph, print: (block: Block) => BlockText): string {
  const cases: string[] = [];
  const handlers: string[] = [];
  for (const block of graph.blocks.values()) {
    const { statements, condition } = print(block);
    const { terminator } = block;
    // An error is dispatched by the block it came from.
    const lines = [`case ${block.id}:`];
    const handler = block.handlers.at(-1);
    if (handler !== undefined) {
      lines.push(`$at=${block.id};`);
      handlers.push(`case ${block.id}:$s${handler.depth}=$e;$pc=${handler.block};continue;`);
    } else lines.push("$at=null;");
    lines.push(statements);
    if (terminator.kind === "goto") lines.push(`$pc=${terminator.to};continue;`);
    else if (terminator.kind === "branch") {
      lines.push(`$pc=${condition}?${terminator.jump}:${terminator.fall};continue;`);
    }
    cases.push(lines.join("\n"));
  }
  const loop = `for(;;)switch($pc){\n${cases.join("\n")}\n}`;
  const head = `let $pc=${graph.entry},$at=null;\n`;
  if (handlers.length === 0) return `${head}${loop}`;
  return `${head}for(;;){try{\n${loop}\n}catch($e){switch($at){\n${handlers.join("\n")}\ndefault:throw $e;}}}`;
}
