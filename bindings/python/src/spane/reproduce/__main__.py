"""python3 -m spane.reproduce --trace Huawei-East-1-lt.csv --test-starts test_starts.txt"""

import sys

try:
    from spane.reproduce import main

    sys.exit(main())
except KeyboardInterrupt:
    # Importing matplotlib takes a moment.
    sys.exit(130)
