from cancelproof.cli import main

raise SystemExit(main())
