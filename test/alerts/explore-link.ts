/** What Explore shows for a link. */
export interface Shown {
  readonly uid: string;
  readonly expr: string;
  readonly from: string;
  readonly to: string;
}

interface Pane {
  readonly datasource: string;
  readonly queries: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
  readonly range: { readonly from: string; readonly to: string };
}

/**
 * Reads a link as Explore does, and as a strict reader of percent-encoding.
 *
 * @throws Error for a link that is none to Explore
 */
export function exprOf(link: string | undefined): Shown {
  const url = new URL(link ?? '');
  if (url.pathname !== '/explore' || url.searchParams.get('schemaVersion') !== '1') {
    throw new Error(`no link to Explore: ${link}`);
  }
  const panes = url.searchParams.get('panes') ?? '';
  const strict = decodeURIComponent(/[?&]panes=([^&]*)/.exec(url.search)?.[1] ?? '');
  if (panes !== strict) throw new Error(`plus signs in ${link}`);
  const [pane, ...others] = Object.values(JSON.parse(panes) as Record<string, Pane>);
  const [query] = pane?.queries ?? [];
  if (
    pane === undefined ||
    query === undefined ||
    others.length > 0 ||
    query.datasource.uid !== pane.datasource
  ) {
    throw new Error(`not one pane with a query: ${panes}`);
  }
  return { uid: pane.datasource, expr: query.expr, ...pane.range };
}
