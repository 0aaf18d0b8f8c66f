"""python3 -m spane.report FOLDER ... --output report.html"""

import sys

from spane.report import main

sys.exit(main())
