/** @file The dashboard: runs, curves, recordings and reports in the browser, live. */
export { startDashboard, type Dashboard, type DashboardOptions } from './server.js';
