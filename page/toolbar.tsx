/** @file The selected runs with their colours, and how charts are drawn. */
import type { ChartSettings } from './chart.js';

interface ToolbarProps {
  runs: readonly string[];
  colours: ReadonlyMap<string, number>;
  settings: ChartSettings;
  onSettings: (settings: ChartSettings) => void;
  onRemove: (run: string) => void;
}

export function Toolbar({ runs, colours, settings, onSettings, onRemove }: ToolbarProps) {
  const { x, smoothing, log } = settings;
  return (
    <div class="toolbar">
      <ul class="chips" aria-label="Selected runs">
        {runs.map((run) => (
          <li key={run}>
            <span class={`swatch colour-${colours.get(run) ?? 0}`} />
            {run || 'this folder'}
            <button
              type="button"
              aria-label={`Remove ${run} from the selection`}
              onClick={() => onRemove(run)}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <div class="settings">
        <label>
          Over{' '}
          <select
            value={x}
            onChange={({ currentTarget }) =>
              onSettings({ ...settings, x: currentTarget.value as ChartSettings['x'] })
            }
          >
            <option value="step">steps</option>
            <option value="epoch">epochs</option>
          </select>
        </label>
        <label>
          Smoothing{' '}
          <input
            type="range"
            min="0"
            max="0.99"
            step="0.01"
            value={smoothing}
            onInput={({ currentTarget }) =>
              onSettings({ ...settings, smoothing: Number(currentTarget.value) })
            }
          />{' '}
          <output>{smoothing.toFixed(2)}</output>
        </label>
        <label>
          <input
            type="checkbox"
            checked={log}
            onChange={({ currentTarget }) => onSettings({ ...settings, log: currentTarget.checked })}
          />{' '}
          Logarithmic
        </label>
        <span class="muted hint">Drag over a chart to zoom, double-click to see all.</span>
      </div>
    </div>
  );
}
