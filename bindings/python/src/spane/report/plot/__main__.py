"""python3 -m spane.report.plot waits.csv --output waits.png"""

import sys

from spane.report.plot import main

sys.exit(main())
