import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { EvaluationDetail } from '../../api/types.ts';
import { useTheme } from '../../theme/use-theme.ts';
import { Picture } from '../neighbours/picture.tsx';
import { classColour } from './class-colour.ts';

export type MapPoint = { readonly picture: number; readonly x: number; readonly y: number };

const height = 560;
const margin = 24;
const radius = 4;
/** px around the pointer in which an image is found */
const reach = 14;

/** Images as dots, coloured by class; the one under the pointer is shown. */
export function MapCanvas(props: {
  readonly points: readonly MapPoint[];
  readonly pictures: EvaluationDetail['pictures'];
  /** the only class drawn in colour; null: all */
  readonly label: number | null;
  readonly text: string;
}) {
  const { points, pictures, label } = props;
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(900);
  const [hovered, setHovered] = useState<number | null>(null);
  const theme = useTheme();
  const placed = useMemo(() => place(points, width), [points, width]);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    element.width = width * devicePixelRatio;
    element.height = height * devicePixelRatio;
    context.scale(devicePixelRatio, devicePixelRatio);
    for (const { x, y, picture } of placed) {
      const own = pictures[picture]?.label ?? 0;
      context.globalAlpha = label === null || label === own ? 0.85 : 0.12;
      context.fillStyle = classColour(own, theme);
      context.beginPath();
      context.arc(x, y, label === own ? radius + 1.5 : radius, 0, 2 * Math.PI);
      context.fill();
    }
  }, [placed, pictures, label, theme, width]);

  const look = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    setHovered(nearest(placed, event.clientX - box.left, event.clientY - box.top));
  };
  const shown = hovered === null ? undefined : placed[hovered];
  return (
    <div
      className="map-frame"
      ref={frame}
      style={{ height }}
      onPointerMove={look}
      onPointerLeave={() => setHovered(null)}
    >
      <canvas ref={canvas} role="img" aria-label={props.text} style={{ width, height }} />
      {shown && (
        <div
          className="map-hover panel"
          style={{ left: Math.min(shown.x + 14, width - 200), top: Math.min(shown.y + 14, height - 110) }}
        >
          <Picture picture={pictures[shown.picture]} size={84} />
          <span className="small">{pictures[shown.picture]?.path}</span>
        </div>
      )}
    </div>
  );
}

/** Fits the points into the frame, the same scale on both axes. */
function place(points: readonly MapPoint[], width: number): MapPoint[] {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [left, right, bottom, top] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = Math.min((width - 2 * margin) / (right - left || 1), (height - 2 * margin) / (top - bottom || 1));
  return points.map(({ picture, x, y }) => ({
    picture,
    x: width / 2 + (x - (left + right) / 2) * scale,
    y: height / 2 - (y - (bottom + top) / 2) * scale,
  }));
}

function nearest(placed: readonly MapPoint[], x: number, y: number): number | null {
  let best: number | null = null;
  let least = reach ** 2;
  for (const [index, point] of placed.entries()) {
    const distance = (point.x - x) ** 2 + (point.y - y) ** 2;
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}
