"""python3 -m spane.convert.torch IN.th OUT.h5"""

import sys

from spane.convert.torch import main

sys.exit(main())
