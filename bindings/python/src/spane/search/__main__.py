"""python3 -m spane.search space.toml --storage postgresql://user@host/database --output folder"""

import sys

try:
    from spane.search import main

    sys.exit(main())
except KeyboardInterrupt:
    # Importing Optuna takes a moment.
    sys.exit(130)
