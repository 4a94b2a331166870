/** The parts of a syntax tree that plugins touch; both trees (Markdown and HTML) have them. */
export type TreeNode = {
  type: string;
  tagName?: string;
  value?: string;
  label?: string;
  identifier?: string;
  properties?: Record<string, unknown>;
  data?: { hName?: string; hProperties?: Record<string, unknown> };
  children?: TreeNode[];
};
