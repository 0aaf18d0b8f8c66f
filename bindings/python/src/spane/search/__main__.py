"""python3 -m spane.search space.toml --storage postgresql://user@host/database --output folder"""

import sys

from spane.search import main

sys.exit(main())
