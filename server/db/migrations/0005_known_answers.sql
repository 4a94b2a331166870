ALTER TABLE "gold" ADD COLUMN "answer" jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "gold" ADD COLUMN "created_at" timestamp with time zone DEFAULT now() NOT NULL;