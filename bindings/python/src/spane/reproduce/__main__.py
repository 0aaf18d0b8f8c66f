"""python3 -m spane.reproduce --trace Huawei-East-1-lt.csv --test-starts test_starts.txt"""

import sys

from spane.reproduce import main

sys.exit(main())
