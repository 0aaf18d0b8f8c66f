"""python3 -m spane.convert.rewrite OLD.h5 NEW.h5"""

import sys

from spane.convert.rewrite import main

sys.exit(main())
