"""The style sheet of the page."""

STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; color: #1b1b1b; margin: 0 auto;
  max-width: 76rem; padding: 1rem 1.5rem 4rem; background: #fff; }
h1 { font-size: 1.7rem; margin-bottom: 0.2rem; }
h2 { font-size: 1.35rem; margin-top: 3rem; padding-bottom: 0.2rem;
  border-bottom: 2px solid #0072B2; }
h3 { font-size: 1.1rem; margin-top: 2rem; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.3rem 1.2rem; }
a { color: #00588a; }
figure { margin: 1rem 0 2rem; }
figure img { max-width: 100%; height: auto; }
figcaption, .note { color: #505050; font-size: 0.9rem; max-width: 60rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums;
  margin: 0.8rem 0; }
th, td { text-align: right; padding: 0.3rem 0.8rem; vertical-align: top;
  border-bottom: 1px solid #e2e2e2; }
th:first-child, td:first-child { text-align: left; }
thead th { border-bottom: 2px solid #888; }
td small { display: block; color: #606060; white-space: nowrap; }
tr.group td:first-child { font-weight: 600; }
tr.member td:first-child { padding-left: 1.8rem; color: #505050; }
tr.bound { color: #505050; }
td.sure { font-weight: 600; }
td.differs { background: #ffd9cc; font-weight: 600; }
td.missing { color: #9a9a9a; font-style: italic; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1.2rem;
  font-size: 0.9rem; }
dt { color: #505050; }
dd { margin: 0; overflow-wrap: anywhere; }
pre { background: #f5f5f5; padding: 0.8rem; overflow-x: auto; font-size: 0.85rem; }
summary { cursor: pointer; margin: 0.6rem 0; }
@media print { nav { display: none; } figure, table { break-inside: avoid; } }
"""
