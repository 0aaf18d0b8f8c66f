"""python3 -m spane.convert IN OUT"""

import sys

from spane.convert import main

sys.exit(main())
