import { type ReactNode, useEffect } from 'react';

/** Title of a view, also that of the browser's tab, and what can be done there. */
export function PageHead(props: { readonly title: string; readonly sub?: ReactNode; readonly children?: ReactNode }) {
  useEffect(() => {
    document.title = `${props.title} – Spherelab`;
  }, [props.title]);
  return (
    <div className="page-head">
      <div>
        <h1>{props.title}</h1>
        {props.sub && <div className="sub">{props.sub}</div>}
      </div>
      <div className="bar">{props.children}</div>
    </div>
  );
}
