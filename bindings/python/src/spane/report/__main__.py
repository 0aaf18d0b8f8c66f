"""python3 -m spane.report FOLDER ... --output report.html"""

import sys

try:
    from spane.report import main

    sys.exit(main())
except KeyboardInterrupt:
    # Importing matplotlib takes a moment.
    sys.exit(130)
